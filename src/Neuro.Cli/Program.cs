using System.CommandLine;
using Neuro.Cli.Commands;
using Neuro.Cli.Commands.Admin;
using Neuro.Cli.Commands.Nodes;

// The `neuro` tool. Every error that a person can meet is one sentence; the stack trace is for --verbose.
var verbose = new Option<bool>("--verbose") { Description = "Shows what happens inside, and stack traces.", Recursive = true };
var root = new RootCommand("Neuro: orders perfectly labelled synthetic data, trains on it, and pays for both in NTK.")
{
    verbose,
    RunCommand.Create(),
    UpCommand.Create(),
    AdminCommand.Create(),
    SimulateCommand.Create(),
    NodeCommand.Create(),
    JupyterCommand.Create(),
    ReportCommand.Create(),
    ConvertCommand.Create(),
    TestCommand.Create(),
    WatchCommand.Create(),
    DoctorCommand.Create(),
    CatalogueCommand.Create(),
    DatasetsCommand.Create(),
    TrainCommand.Create(),
    BenchCommand.Create(),
    ModelsCommand.Create(),
    GeneratorsCommand.Create(),
    ReceiptsCommand.Create(),
    VerifyCommand.Create(),
    DemoCommand.Create(),
    ListingsCommand.Create(),
    DealsCommand.Create(),
    WalletCommand.Create(),
};
var parsed = root.Parse(args);
try
{
    // Ctrl-C and SIGTERM cancel the command, which then has this long to stop what it started.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}
catch (Exception error)
{
    var line = Failures.Describe(error, parsed.GetValue(verbose));
    Console.Error.WriteLine(Console.IsErrorRedirected ? line : $"\e[31m{line}\e[0m");
    return 1;
}
