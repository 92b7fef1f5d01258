using System.CommandLine;
using Neuro.Backend;
using Neuro.Cli.Terminal;
using Spectre.Console;

namespace Neuro.Cli.Commands.Admin;

/// <summary><c>neuro admin backup</c> and <c>neuro admin migrate</c>: a platform's data in another place.</summary>
internal static class CopyCommands
{
    public static Command Backup(Option<string> data)
    {
        var folder = new Argument<string>("folder") { Description = "Where to: a folder of its own. Into the same one again, only what is new is copied." };
        var command = new Command("backup", "Copies the embedded platform, while it runs or not. To restore, start a platform over the copy: neuro up --data FOLDER.") { folder, data };
        command.SetAction(async (parsed, cancel) =>
        {
            var report = await LongWork.RunAsync("Backing up", Platform.Thousandths, done => Platform.BackUpAsync(parsed.GetValue(data)!, parsed.GetValue(folder)!, done, cancel));
            Console.WriteLine($"{report.Transfers} transfers and {report.Artifacts} artifacts are in {Path.GetFullPath(parsed.GetValue(folder)!)}; {report.Copied} artifacts were new.");
            foreach (var missing in report.Missing)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]✗[/] artifact {missing} is named and not there");
            }

            return report.Missing.Count == 0 ? 0 : 1;
        });
        return command;
    }

    public static Command Migrate(Option<string> data)
    {
        var postgres = new Option<string>("--postgres") { Description = "An Npgsql connection string of an empty database.", Required = true };
        var command = new Command("migrate", "Copies the embedded platform's database into an empty PostgreSQL and compares every row. One way; stop the platform first, or rehearse while it runs.") { data, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(data)!);
            var report = await LongWork.RunAsync("Copying", Platform.Thousandths, done => Platform.MoveToPostgresAsync(folder, parsed.GetValue(postgres)!, done, cancel));
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
