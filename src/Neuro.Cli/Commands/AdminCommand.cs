using System.CommandLine;
using System.Globalization;
using Neuro.Backend;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Spectre.Console;

namespace Neuro.Cli.Commands;

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
        return new Command("admin", "For operators: looks after a platform.") { audit, CopyCommands.Backup(data), CopyCommands.Migrate(data), new Command("books", "Order books, over the platform's API; NEURO_API_KEY is an operator's key there.") { OpenBook(), Issue() } };
    }

    private static Command OpenBook()
    {
        var asset = new Argument<string>("asset") { Description = "What is traded, such as cpu:2026-12; also the book's name." };
        var title = new Option<string>("--title") { Description = "What people call it.", Required = true };
        var tick = new Option<string>("--tick") { Description = "Prices of a lot are whole multiples of this many NTK.", DefaultValueFactory = _ => "0.01" };
        var fee = new Option<int?>("--fee") { Description = "What a seller leaves to the platform, in basis points; the platform's rate for trading if left out." };
        var platform = PlatformOption();
        var command = new Command("open", "Opens an order book; the same again changes nothing.") { asset, title, tick, fee, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var book = await client.Api.OpenBookAsync(parsed.GetValue(asset)!, new(parsed.GetValue(title)!, ParseTick(parsed.GetValue(tick)!), parsed.GetValue(fee)), cancel);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{book.Asset} is open: {book.Title}, ticks of {book.Tick} NTK, sellers leave {book.FeeBasisPoints / 100.0:0.##} %."));
            return 0;
        });
        return command;
    }

    private static Command Issue()
    {
        var asset = new Argument<string>("asset") { Description = "Of an open book." };
        var account = new Option<Guid>("--account") { Description = "Whose they are.", Required = true };
        var lots = new Option<long>("--lots") { Description = "How many.", Required = true };
        var reference = new Option<string>("--reference") { Description = "What for.", Required = true };
        var id = new Option<Guid?>("--id") { Description = "To send the same issue again after an answer was lost; a new one if left out." };
        var platform = PlatformOption();
        var command = new Command("issue", "Makes lots of an asset for an account.") { asset, account, lots, reference, id, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var issue = new LotIssue(parsed.GetValue(id) ?? Guid.CreateVersion7(), parsed.GetValue(account), parsed.GetValue(lots), parsed.GetValue(reference)!);
            Console.WriteLine($"Issue {issue.Id}"); // Said first: with it the issue can be sent again.
            var made = await client.Api.IssueAsync(parsed.GetValue(asset)!, issue, cancel);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{made.Lots} lots of {made.Asset} made for {made.Account} at {made.At:u}."));
            return 0;
        });
        return command;
    }

    private static Option<string?> PlatformOption() => new("--platform") { Description = "The platform's address; the one on this machine if left out." };

    private static Ntk ParseTick(string text)
    {
        try
        {
            return Ntk.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("book.bad_tick", $"--tick: {wrong.Message}");
        }
    }
}
