using System.CommandLine;
using System.Globalization;
using Neuro.Backend;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Spectre.Console;

namespace Neuro.Cli.Commands.Admin;

/// <summary><c>neuro admin</c>: what an operator does to a platform.</summary>
internal static class AdminCommand
{
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
        var dryRun = new Option<bool>("--dry-run") { Description = "Only says what would be deleted." };
        var collect = new Command("collect", "Deletes the artifacts that nothing names any more; the platform does so itself once a day, and may be running.") { data, postgres, dryRun };
        collect.SetAction(async (parsed, cancel) =>
        {
            var options = new PlatformOptions { DataFolder = parsed.GetValue(data)!, PostgresConnectionString = parsed.GetValue(postgres) }.WithStore();
            var report = await Platform.CollectAsync(options, parsed.GetValue(dryRun), cancel);
            foreach (var (because, kept) in report.Kept)
            {
                Console.WriteLine(Line($"kept, {because,-12} {kept.Count,12:N0} artifacts {kept.Bytes,18:N0} bytes"));
            }

            Console.WriteLine(Line($"{(parsed.GetValue(dryRun) ? "to collect" : "collected"),-18} {report.Collected.Count,12:N0} artifacts {report.Collected.Bytes,18:N0} bytes"));
            return 0;
        });
        return new Command("admin", "For operators: looks after a platform.")
        {
            audit, collect, CopyCommands.Backup(data), CopyCommands.Migrate(data), BooksCommand.Create(), FleetCommands.Nodes(), FleetCommands.Jobs(), DrainCommand.Create(), TopCommand.Create(),
        };
    }

    /// <summary>The platform whose API is asked; <c>NEURO_API_KEY</c> is an operator's key there.</summary>
    internal static Option<string?> PlatformOption() => new("--platform") { Description = "The platform's address; the one on this machine if left out. NEURO_API_KEY is an operator's key there." };

    internal static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
