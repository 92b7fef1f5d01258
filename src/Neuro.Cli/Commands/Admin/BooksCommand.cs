using System.CommandLine;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Cli.Commands.Admin;

/// <summary><c>neuro admin books</c>: opens order books and issues what they trade.</summary>
internal static class BooksCommand
{
    public static Command Create() => new("books", "Order books, over the platform's API.") { OpenBook(), Issue() };

    private static Command OpenBook()
    {
        var asset = new Argument<string>("asset") { Description = "What is traded, such as cpu:2026-12; also the book's name." };
        var title = new Option<string>("--title") { Description = "What people call it.", Required = true };
        var tick = new Option<string>("--tick") { Description = "Prices of a lot are whole multiples of this many NTK.", DefaultValueFactory = _ => "0.01" };
        var fee = new Option<int?>("--fee") { Description = "What a seller leaves to the platform, in basis points; the platform's rate for trading if left out." };
        var platform = AdminCommand.PlatformOption();
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
        var platform = AdminCommand.PlatformOption();
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
