using System.CommandLine;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro listings</c>: what suppliers sell; buying it, and selling something of your own.</summary>
internal static class ListingsCommand
{
    public static Command Create() => new("listings", "What suppliers sell: generators, datasets, models and work to order.") { List(), Show(), Publish(), Delist(), Buy(), Licences() };

    /// <summary>The option that every command of a platform has.</summary>
    public static Option<string?> Platform() => new("--platform") { Description = "The platform's address; the one on this machine if left out. NEURO_API_KEY is your key there." };

    /// <summary>The one of these names, or the one of this id.</summary>
    public static async Task<Listing> FindAsync(NeuroClient client, string meant, bool mine, CancellationToken cancel)
    {
        if (Guid.TryParse(meant, out var id))
        {
            return await client.Api.GetListingAsync(id, cancel);
        }

        var listed = (await client.Api.GetListingsAsync(mine: mine, limit: 500, cancel: cancel)).Where(one => one.Name == meant).ToList();
        return listed.Count == 1
            ? await client.Api.GetListingAsync(listed[0].Id, cancel)
            : throw new NeuroException("listing.not_found", listed.Count == 0 ? $"There is no listing '{meant}'. `neuro listings list` shows them." : $"{listed.Count} suppliers have a listing '{meant}'; give its id: {string.Join(", ", listed.Select(one => one.Id))}.");
    }

    private static Command List()
    {
        var kind = new Option<string?>("--kind") { Description = "generator, dataset, model, labelling, custom-generator or custom-model." };
        var mine = new Option<bool>("--mine") { Description = "Only your own, delisted ones too." };
        var platform = Platform();
        var command = new Command("list", "Lists what is on offer.") { kind, mine, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns("name", "kind", "what", "by", "price", "id");
            foreach (var one in await client.Api.GetListingsAsync(parsed.GetValue(kind), parsed.GetValue(mine), limit: 500, cancel: cancel))
            {
                var price = one.State == "delisted" ? "delisted" : string.Join(" or ", new[] { one.Price is { } ntk ? $"{ntk} NTK" : null, one.Quotes ? "by quote" : null }.OfType<string>());
                table.AddRow(new Text($"{one.Name} v{one.Version}"), new Text(one.Kind), new Text(one.Title), new Text(one.Supplier), new Text(price), new Text(one.Id.ToString()));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var (listing, platform) = (Named(), Platform());
        var preview = new Option<string?>("--preview") { Description = "JPEG file for the preview." };
        var command = new Command("show", "Shows a listing with what the platform measured.") { listing, preview, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var found = await FindAsync(client, parsed.GetValue(listing)!, mine: false, cancel);
            Console.WriteLine(Formatter.Format(found).Text);
            if (parsed.GetValue(preview) is { } file)
            {
                using var picture = await client.Api.GetPreviewAsync(found.Id, cancel);
                await File.WriteAllBytesAsync(file, await picture.ReadAsByteArrayAsync(cancel), cancel);
                Console.WriteLine($"A preview is in {file}.");
            }

            return 0;
        });
        return command;
    }

    private static Command Publish()
    {
        var name = new Argument<string>("name") { Description = "What it is called among your listings, such as fridge-shelves." };
        var kind = new Option<string>("--kind") { Description = "generator, dataset, model, labelling, custom-generator or custom-model.", Required = true };
        var title = new Option<string>("--title") { Description = "One line.", Required = true };
        var description = new Option<string?>("--description") { Description = "File of the description, text or Markdown." };
        var licence = new Option<string>("--licence") { Description = "Name or text of the licence.", Required = true };
        var asset = new Option<string?>("--asset") { Description = "Your generator's name, or the id of your dataset or model." };
        var price = new Option<string?>("--price") { Description = "NTK for a licence; without it only quotes are given." };
        var stock = new Option<long?>("--stock") { Description = "Licences in all; any number if left out." };
        var quotes = new Option<bool>("--quotes") { Description = "Buyers may ask for a quote." };
        var platform = Platform();
        var command = new Command("publish", "Puts something of yours on offer, or the next version of it.") { name, kind, title, description, licence, asset, price, stock, quotes, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var text = parsed.GetValue(description) is { } file ? await File.ReadAllTextAsync(file, cancel) : "";
            var known = (await client.Api.GetListingsAsync(mine: true, limit: 500, cancel: cancel)).FirstOrDefault(one => one.Name == parsed.GetValue(name));
            var publication = new ListingPublication(
                parsed.GetValue(kind)!, parsed.GetValue(name)!, parsed.GetValue(title)!, text, parsed.GetValue(licence)!, parsed.GetValue(asset), Amount(parsed.GetValue(price), "--price"), parsed.GetValue(stock),
                parsed.GetValue(quotes));
            var listed = await client.Api.PublishListingAsync(known?.Id ?? Guid.CreateVersion7(), publication, cancel);
            Console.WriteLine($"{listed.Name} v{listed.Version} is on offer: {listed.Id}. The platform's fee is {listed.FeeBasisPoints / 100.0:0.##} % of what you are paid.");
            return 0;
        });
        return command;
    }

    private static Command Delist()
    {
        var (listing, platform) = (Named(), Platform());
        var command = new Command("delist", "Takes your listing off the offer.") { listing, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var found = await FindAsync(client, parsed.GetValue(listing)!, mine: true, cancel);
            await client.Api.DelistAsync(found.Id, cancel);
            Console.WriteLine($"{found.Name} is not on offer any more. Publish it to list it again.");
            return 0;
        });
        return command;
    }

    private static Command Buy()
    {
        var (listing, platform) = (Named(), Platform());
        var most = new Option<string?>("--at") { Description = "The price that you saw, in NTK; today's if left out." };
        var command = new Command("buy", "Buys a licence at the posted price.") { listing, most, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var found = await FindAsync(client, parsed.GetValue(listing)!, mine: false, cancel);
            var price = Amount(parsed.GetValue(most), "--at") ?? found.Price ?? throw new NeuroException("listing.no_price", $"'{found.Name}' has no posted price. Ask for a quote: neuro deals ask {found.Name}");
            Console.WriteLine(Formatter.Format(await client.BuyLicenceAsync(found with { Price = price }, cancel)).Text);
            return 0;
        });
        return command;
    }

    private static Command Licences()
    {
        var platform = Platform();
        var command = new Command("licences", "Lists your licences.") { platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns("what", "kind", "by", "paid", "asset");
            foreach (var one in await client.Api.GetLicencesAsync(limit: 500, cancel: cancel))
            {
                table.AddRow(new Text($"{one.Listing.Name} v{one.Listing.Version}"), new Text(one.Listing.Kind), new Text(one.Listing.Supplier), new Text($"{one.Price} NTK"), new Text(one.Listing.Asset ?? ""));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    public static Argument<string> Named() => new("listing") { Description = "Its name, or its id." };

    /// <exception cref="NeuroException"><c>ntk.bad_amount</c></exception>
    public static Ntk? Amount(string? text, string option)
    {
        try
        {
            return text is null ? null : Ntk.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("ntk.bad_amount", $"{option}: {wrong.Message}");
        }
    }
}
