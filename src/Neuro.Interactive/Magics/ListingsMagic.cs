namespace Neuro.Interactive.Magics;

internal sealed class ListingsMagic(NeuroSession session) : Magic("neuro-listings", "Lists what suppliers sell: generators, datasets, models and work to order.")
{
    private readonly Parameter<string?> kind = Optional<string>("kind", "generator, dataset, model, labelling, custom-generator or custom-model; everything if left out.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var listings = await client.Api.GetListingsAsync(given.Get(kind), cancel: host.Cancellation);
        host.Display(listings.Count > 0 ? listings : "Nothing is on offer here yet; `neuro listings publish` puts something on offer.");
    }
}
