using System.CommandLine;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Interactive.Magics;
using Neuro.Notebooks.Jupyter;
using NetMQ;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro jupyter</c>: makes C# with the platform's magics a kernel of Jupyter, and is that kernel.</summary>
internal static class JupyterCommand
{
    public static Command Create() => new("jupyter", "Makes C# one of Jupyter's kernels.") { CreateInstall(), CreateUninstall(), CreateList(), CreateKernel() };

    private static Command CreateInstall()
    {
        var sysPrefix = SysPrefix();
        var command = new Command("install", "Installs the kernel for this user; Jupyter itself may come later.") { sysPrefix };
        command.SetAction(parsed =>
        {
            var spec = KernelSpec.Install(Folder(parsed.GetValue(sysPrefix)), ThisProgram.Command);
            Console.WriteLine($"Installed \"{spec.Describe().DisplayName}\" in {spec.Folder}.");
            return 0;
        });
        return command;
    }

    private static Command CreateUninstall()
    {
        var sysPrefix = SysPrefix();
        var command = new Command("uninstall", "Takes the kernel away again.") { sysPrefix };
        command.SetAction(parsed =>
        {
            Console.WriteLine($"Removed {KernelSpec.Uninstall(Folder(parsed.GetValue(sysPrefix))).Folder}.");
            return 0;
        });
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "Lists Jupyter's kernels, and what keeps one from starting.");
        command.SetAction(_ =>
        {
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns("name", "shown as", "folder", "state");
            foreach (var spec in KernelSpec.All())
            {
                var (title, problem) = spec.Describe();
                table.AddRow(new Text(spec.Name), new Text(title), new Text(spec.Folder), new Text(problem ?? "ready"));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    /// <summary>What Jupyter starts. No cancellation token: a token would take SIGINT as the end, and here it stops a cell.</summary>
    private static Command CreateKernel()
    {
        var file = new Option<string>("--connection-file", "-f") { Description = "The file in which Jupyter says where to listen.", Required = true };
        var command = new Command("kernel", "Serves Jupyter; Jupyter starts it.") { file };
        command.Hidden = true;
        command.SetAction(parsed => ServeAsync(parsed.GetValue(file)!).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> ServeAsync(string path)
    {
        var connection = ConnectionFile.Read(path);
        await using var neuro = new NeuroSession();
        try
        {
            await JupyterKernel.RunAsync(connection, PlatformCells.Options(neuro), Path.Combine(DataFolder.Path, "history"));
            return 0;
        }
        finally
        {
            NetMQConfig.Cleanup(block: true); // The last messages go out before the process ends.
        }
    }

    private static Option<bool> SysPrefix() => new("--sys-prefix") { Description = "In the Python environment that is active, in place of the user's folder." };

    private static string Folder(bool sysPrefix) => sysPrefix ? JupyterFolders.SysPrefix() : JupyterFolders.User;
}
