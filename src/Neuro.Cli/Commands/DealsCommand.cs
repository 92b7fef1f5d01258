using System.CommandLine;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro deals</c>: asking for quotes and giving them, delivering and paying by milestones.</summary>
internal static class DealsCommand
{
    public static Command Create() => new("deals", "Quotes on listings: ask, offer, accept, deliver, approve.")
    {
        List(),
        Ask(),
        Offer(),
        OnDeal("accept", "Accepts the other side's offer; its price is held.", (client, deal, cancel) => client.Api.AcceptAsync(deal.Id, new(deal.OpenOffer ?? throw Nothing("no offer to accept", deal)), cancel)),
        OnDeal("close", "Before anything is accepted: declines or withdraws.", (client, deal, cancel) => client.Api.CloseDealAsync(deal.Id, cancel)),
        Deliver(),
        OnDeal("approve", "Approves the oldest delivery that waits for you, which pays its milestone.", (client, deal, cancel) => client.Api.ApproveAsync(deal.Id, new(Waiting(deal)), cancel)),
        Reject(),
        OnDeal("cancel", "After the delivery deadline: takes back what was not delivered.", (client, deal, cancel) => client.Api.CancelDealAsync(deal.Id, cancel)),
        OnDeal("end", "Asks to end the deal, or agrees to it.", (client, deal, cancel) => client.Api.EndDealAsync(deal.Id, cancel)),
    };

    private static Command List()
    {
        var platform = ListingsCommand.Platform();
        var command = new Command("list", "Lists your deals, as buyer and as supplier.") { platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            foreach (var deal in await client.Api.GetDealsAsync(limit: 500, cancel: cancel))
            {
                Describe(deal);
            }

            return 0;
        });
        return command;
    }

    private static Command Ask()
    {
        var (listing, platform) = (ListingsCommand.Named(), ListingsCommand.Platform());
        var text = new Argument<string>("text") { Description = "What you want." };
        var days = new Option<int>("--days") { Description = "How long you wait for an offer.", DefaultValueFactory = _ => 14 };
        var wish = new Option<string?>("--wish") { Description = "NTK that you would like to pay; binds nobody." };
        var command = new Command("ask", "Asks a listing's supplier for a quote.") { listing, text, days, wish, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var found = await ListingsCommand.FindAsync(client, parsed.GetValue(listing)!, mine: false, cancel);
            var request = new DealRequest(Guid.CreateVersion7(), found.Id, parsed.GetValue(text)!, InDays(parsed.GetValue(days)), ListingsCommand.Amount(parsed.GetValue(wish), "--wish"));
            Describe(await client.Api.OpenDealAsync(request, cancel, request.Id.ToString()));
            return 0;
        });
        return command;
    }

    private static Command Offer()
    {
        var milestones = new Option<string[]>("--milestone") { Description = "A part of the work and its price, such as \"500 images=40\"; may be repeated.", Required = true };
        var days = new Option<int>("--days") { Description = "Days until everything is delivered.", Required = true };
        var open = new Option<int>("--open") { Description = "Days that the offer can be accepted.", DefaultValueFactory = _ => 14 };
        var note = new Option<string>("--note") { Description = "What else there is to say.", DefaultValueFactory = _ => "" };
        return OnDeal("offer", "Makes an offer or a counter-offer.", (client, deal, parsed, cancel) =>
        {
            var parts = parsed.GetValue(milestones)!.Select(Part).ToList();
            var price = parts.Aggregate(Ntk.Zero, (sum, part) => sum + part.Price);
            return client.Api.OfferAsync(deal.Id, new(Guid.CreateVersion7(), price, parts, parsed.GetValue(days), InDays(parsed.GetValue(open)), parsed.GetValue(note)!), cancel);
        }, milestones, days, open, note);
    }

    private static Command Deliver()
    {
        var milestone = new Option<int>("--milestone") { Description = "Its number.", DefaultValueFactory = _ => 1 };
        var file = new Option<string?>("--file") { Description = "What is delivered; left out where the licence of a listed asset is." };
        var note = new Option<string>("--note") { Description = "What it is.", Required = true };
        return OnDeal("deliver", "Uploads a file and delivers a milestone.", async (client, deal, parsed, cancel) =>
        {
            var uploaded = parsed.GetValue(file) is { } path ? await client.Artifacts.UploadFileAsync(path, cancel: cancel) : null;
            return await client.Api.DeliverAsync(deal.Id, new(Guid.CreateVersion7(), parsed.GetValue(milestone), uploaded?.Sha256, parsed.GetValue(note)!), cancel);
        }, milestone, file, note);
    }

    private static Command Reject()
    {
        var reason = new Option<string>("--reason") { Description = "What is wrong with it.", Required = true };
        return OnDeal("reject", "Rejects the oldest delivery that waits for you; the supplier may deliver again.", (client, deal, parsed, cancel) =>
            client.Api.RejectAsync(deal.Id, new(Waiting(deal), parsed.GetValue(reason)!), cancel), reason);
    }

    private static Command OnDeal(string name, string help, Func<NeuroClient, Deal, CancellationToken, Task<Deal>> act) => OnDeal(name, help, (client, deal, _, cancel) => act(client, deal, cancel));

    private static Command OnDeal(string name, string help, Func<NeuroClient, Deal, ParseResult, CancellationToken, Task<Deal>> act, params ReadOnlySpan<Option> options)
    {
        var id = new Argument<Guid>("deal") { Description = "Its id." };
        var platform = ListingsCommand.Platform();
        var command = new Command(name, help) { id, platform };
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            Describe(await act(client, await client.Api.GetDealAsync(parsed.GetValue(id), cancel), parsed, cancel));
            return 0;
        });
        return command;
    }

    private static void Describe(Deal deal)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns(new TableColumn(new Text($"{deal.Id} — {deal.State}")), new TableColumn(new Text(deal.Listing)));
        table.AddRow(new Text("wanted"), new Text(deal.Text));
        table.AddRow(new Text(deal.You == "buyer" ? "supplier" : "buyer"), new Text(deal.You == "buyer" ? deal.Supplier : deal.Buyer));
        foreach (var offer in deal.Offers)
        {
            var parts = string.Join(", ", offer.Milestones.Select(part => $"{part.Title} {part.Price}"));
            var terms = string.Create(CultureInfo.InvariantCulture, $"{offer.Price} NTK in {offer.DeliveryDays} days, open until {offer.Expires.UtcDateTime:yyyy-MM-dd}: {parts}");
            table.AddRow(new Text($"offer {offer.Number} by {offer.By}"), new Text(offer.Note == "" ? terms : $"{terms}. {offer.Note}"));
        }

        foreach (var milestone in deal.Milestones)
        {
            var deliveries = milestone.Deliveries.Select(delivery => $"\n  {delivery.State}: {delivery.Note} {delivery.Artifact?.Sha256}{(delivery.Reason is null ? "" : $" ({delivery.Reason})")}");
            table.AddRow(new Text($"milestone {milestone.Number}"), new Text($"{milestone.Title}, {milestone.Price} NTK: {milestone.State}{string.Concat(deliveries)}"));
        }

        table.AddRow(new Text("money"), new Text($"{deal.Held} NTK held, {deal.Paid} paid, {deal.Returned} came back"));
        AnsiConsole.Write(table);
    }

    private static MilestoneTerms Part(string text)
    {
        var at = text.LastIndexOf('=');
        return at > 0
            ? new(text[..at], ListingsCommand.Amount(text[(at + 1)..], "--milestone")!.Value)
            : throw new NeuroException("deal.bad_milestone", $"--milestone is '{text}'; expected what and its price, such as \"500 images=40\".");
    }

    private static Guid Waiting(Deal deal) => deal.Milestones.SelectMany(milestone => milestone.Deliveries).Where(delivery => delivery.State == "waiting").OrderBy(delivery => delivery.At).FirstOrDefault()?.Id
        ?? throw Nothing("no delivery that waits for an answer", deal);

    private static NeuroException Nothing(string what, Deal deal) => new("deal.nothing_there", $"There is {what} in deal {deal.Id}; it is {deal.State}.");

    private static DateTimeOffset InDays(int days) => TimeProvider.System.GetUtcNow().AddDays(Math.Clamp(days, -1000, 1000));
}
