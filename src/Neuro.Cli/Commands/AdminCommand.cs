using System.CommandLine;
using Neuro.Backend;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro admin</c>: what an operator does to a platform from its own machine.</summary>
internal static class AdminCommand
{
    private const int Thousandths = 1000;

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The platform's data folder.", DefaultValueFactory = _ => DataFolder.Path };
        var postgres = new Option<string?>("--postgres") { Description = "An Npgsql connection string, for a platform over PostgreSQL." };
        var head = new Option<string?>("--head") { Description = "A chain head that you noted earlier: tells whether anything before it was changed." };
        var audit = new Command("audit", "Reads every transfer again and proves balances, holds, sums and the chain; the platform may be running.") { data, postgres, head };
        audit.SetAction(async (parsed, cancel) =>
        {
            var noted = parsed.GetValue(head);
            var options = new PlatformOptions { DataFolder = parsed.GetValue(data)!, PostgresConnectionString = parsed.GetValue(postgres) };
            var proof = await Platform.AuditAsync(options, noted, cancel);
            foreach (var (kind, sum) in proof.Sums)
            {
                Console.WriteLine($"{kind,-10} {sum,24} NTK");
            }

            foreach (var fault in proof.Faults)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]✗[/] {fault}");
            }

            Console.WriteLine($"{proof.Transfers} transfers read, sum {proof.Sum} NTK, {(proof.Faults.Count == 0 ? "no fault" : $"{proof.Faults.Count} faults")}.");
            Console.WriteLine($"chain head {proof.Head}");
            return proof.Faults.Count == 0 ? 0 : 1;
        });
        return new Command("admin", "For operators: looks after a platform from its own machine.") { audit, Backup(data), Migrate(data) };
    }

    private static Command Backup(Option<string> data)
    {
        var folder = new Argument<string>("folder") { Description = "Where to: a folder of its own. Into the same one again, only what is new is copied." };
        var command = new Command("backup", "Copies the embedded platform, while it runs or not. To restore, start a platform over the copy: neuro up --data FOLDER.") { folder, data };
        command.SetAction(async (parsed, cancel) =>
        {
            var report = await LongWork.RunAsync("Backing up", Thousandths, done => Platform.BackUpAsync(parsed.GetValue(data)!, parsed.GetValue(folder)!, done, cancel));
            Console.WriteLine($"{report.Transfers} transfers and {report.Artifacts} artifacts are in {Path.GetFullPath(parsed.GetValue(folder)!)}; {report.Copied} artifacts were new.");
            foreach (var missing in report.Missing)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]✗[/] artifact {missing} is named and not there");
            }

            return report.Missing.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Migrate(Option<string> data)
    {
        var postgres = new Option<string>("--postgres") { Description = "An Npgsql connection string of an empty database.", Required = true };
        var command = new Command("migrate", "Copies the embedded platform's database into an empty PostgreSQL and compares every row. One way; stop the platform first, or rehearse while it runs.") { data, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(data)!);
            var report = await LongWork.RunAsync("Copying", Thousandths, done => Platform.MoveToPostgresAsync(folder, parsed.GetValue(postgres)!, done, cancel));
            Console.WriteLine($"{report.Rows.Values.Sum()} rows of {report.Rows.Count} tables were copied and are equal, {report.Transfers} transfers among them.");
            if (report.Since > 0)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]✗[/] {report.Since} transfers came meanwhile and are not in the copy: the platform runs. Stop it, empty the PostgreSQL database, and copy again.");
                return 1;
            }

            Console.WriteLine($"Go on with: neuro up --postgres … --keys {folder} --artifacts {Path.Combine(folder, "artifacts")}");
            return 0;
        });
        return command;
    }
}
