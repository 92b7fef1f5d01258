using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

internal sealed class RfqMagic(NeuroSession session)
    : Magic("neuro-rfq", "Asks a supplier for a quote on a listing; lists your requests; shows one, offers in it, or accepts the other side's offer.")
{
    private const int MostDays = 90;

    private readonly Parameter<object?> listing = Optional<object>(
        "listing", "What to ask for: @variable, id, or name of a listing; your requests are listed if left out.");
    private readonly Parameter<string?> text = Optional<string>("text", "What you want, in words.");
    private readonly Parameter<Ntk?> wish = Optional<Ntk?>("wish", "What you would like to pay, in NTK; binds nobody.");
    private readonly Parameter<int> days = Optional("days", "How long to wait for an offer, or how long an offer stands, in days.", 7);
    private readonly Parameter<object?> deal = Optional<object>("deal", "A request that there is: @variable, id, or the end of one as the list shows it.");
    private readonly Parameter<Ntk?> offer = Optional<Ntk?>("offer", "With --deal: offers the whole work at this price, in NTK, fee included.");
    private readonly Parameter<int> delivery = Optional("delivery-days", "With --offer: days from acceptance until everything is delivered.", 14);
    private readonly Parameter<bool> accept = Flag("accept", "With --deal: accepts the other side's offer; its price is held.");
    private readonly Parameter<string> name = Optional("as", "The variable for the request.", "deal");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var waits = given.Get(days) is >= 1 and <= MostDays and var some
            ? some
            : throw new MagicException("magic.bad_value", $"--days is {given.Get(days)}; expected 1 to {MostDays}.");
        if (given.Has(listing) && given.Has(deal) || given.Has(offer) && given.Get(accept) || !given.Has(deal) && (given.Has(offer) || given.Get(accept)))
        {
            throw new MagicException("magic.syntax", $"Give --listing and --text to ask, or --deal, alone or with one of --offer and --accept.\n{Usage}");
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        if (!given.Has(listing) && !given.Has(deal))
        {
            var deals = await client.Api.GetDealsAsync(cancel: host.Cancellation);
            host.Display(deals.Count > 0 ? deals : "You have asked for no quotes, and nobody has asked you; #!neuro-rfq LISTING \"what you want\" asks.");
            return;
        }

        var until = session.Time.GetUtcNow().AddDays(waits);
        var now = given.Has(listing) ? await OpenAsync(client, given, until, host) : await ChosenAsync(client, given.Get(deal)!, host);
        if (given.Get(offer) is { } price)
        {
            var whole = new OfferRequest(Guid.CreateVersion7(), price, [new MilestoneTerms("all of it", price)], given.Get(delivery), until);
            now = await client.Api.OfferAsync(now.Id, whole, host.Cancellation);
        }
        else if (given.Get(accept))
        {
            var open = now.Offers.FirstOrDefault(one => one.Id == now.OpenOffer && one.By != now.You)
                ?? throw new MagicException("magic.bad_value", $"The request {now.Id} ({now.State}) has no open offer of the other side to accept.");
            now = await client.Api.AcceptAsync(now.Id, new OfferAcceptance(open.Id), host.Cancellation, open.Id.ToString());
        }

        host.SetVariable(given.Get(name), now);
        host.Display(now);
    }

    private async Task<Deal> OpenAsync(NeuroClient client, Arguments given, DateTimeOffset until, IMagicHost host)
    {
        var wanted = given.Get(text) ?? throw new MagicException("magic.missing_value", $"Say what you want with --text \"…\".\n{Usage}");
        var sold = await Chosen.ListingAsync(client, given.Get(listing)!, host);
        if (!sold.Quotes)
        {
            throw new MagicException("magic.bad_value", $"'{sold.Name}' is sold at its posted price alone; `neuro listings buy {sold.Id}` buys it.");
        }

        var request = new DealRequest(Guid.CreateVersion7(), sold.Id, wanted, until, given.Get(wish));
        return await client.Api.OpenDealAsync(request, host.Cancellation, request.Id.ToString());
    }

    private static async Task<Deal> ChosenAsync(NeuroClient client, object meant, IMagicHost host) => meant switch
    {
        Deal known => await client.Api.GetDealAsync(known.Id, host.Cancellation),
        Guid id => await client.Api.GetDealAsync(id, host.Cancellation),
        string text when Guid.TryParse(text, out var id) => await client.Api.GetDealAsync(id, host.Cancellation),
        string end => Chosen.Named(
            await client.Api.GetDealsAsync(cancel: host.Cancellation), end, one => one.Id, one => one.Listing, "request for a quote", "#!neuro-rfq LISTING \"what you want\" makes one"),
        _ => throw Chosen.Wrong("request", meant),
    };
}
