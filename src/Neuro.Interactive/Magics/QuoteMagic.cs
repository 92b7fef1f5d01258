using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

internal sealed class QuoteMagic(NeuroSession session) : Magic("neuro-quote", "Asks what a dataset or another job would cost, and leaves the quote in a variable.")
{
    private readonly Parameter<object?> recipe = Optional<object>("recipe", RecipeChoice.RecipeHelp);
    private readonly Parameter<int> count = Optional("count", "How many images.", 100);
    private readonly Parameter<ulong> seed = Optional<ulong>("seed", "The seed of the dataset.", 1);
    private readonly Parameter<object?> catalogue = Optional<object>("catalogue", RecipeChoice.CatalogueHelp);
    private readonly Parameter<string?> generator = Optional<string>("generator", RecipeChoice.GeneratorHelp, RecipeChoice.Names);
    private readonly Parameter<JobSpec?> job = Optional<JobSpec>("job", "A JobSpec (@variable) instead of a recipe.");
    private readonly Parameter<TimeSpan?> deadline = Optional<TimeSpan?>("deadline", "How long the job may take, such as 00:10:00; an hour if left out.");
    private readonly Parameter<Ntk?> limit = Optional<Ntk?>("limit", "The most to pay per CU, in NTK; no limit if left out.");
    private readonly Parameter<Ntk?> spend = Optional<Ntk?>("most-spend", "The most to hold for the whole job, fee included, in NTK; no limit if left out.");
    private readonly Parameter<QuotePricing> pricing = Optional("pricing", "uniform: all chosen nodes get one price; vickrey: each what it saves the others, which needs --limit.", QuotePricing.Uniform);
    private readonly Parameter<string> name = Optional("as", "The variable for the quote.", "quote");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        if (given.Has(job) && (given.Has(recipe) || given.Has(generator)))
        {
            throw new MagicException("magic.syntax", $"A quote is for a --recipe or --generator, or for a --job, not for both.\n{Usage}");
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        var spec = given.Get(job) ?? await RenderAsync(client, given, host);
        var quote = await client.QuoteAsync(new QuoteRequest(spec, given.Get(deadline), given.Get(limit), given.Get(spend), given.Get(pricing)), host.Cancellation);
        host.SetVariable(given.Get(name), quote);
        host.Display(quote);
    }

    // The nodes need the catalogue's pictures: they go to the platform before it can plan the job.
    private async Task<RenderSpec> RenderAsync(NeuroClient client, Arguments given, IMagicHost host)
    {
        var chosen = await RecipeChoice.ToQuoteAsync(given.Get(generator), given.Get(recipe), given.Get(catalogue), session, host);
        if (chosen.Catalogue is { } products)
        {
            await client.Artifacts.UploadAsync(products.Pack(), $"{products.Name}.tar", "application/x-tar", host.Cancellation);
        }

        return new RenderSpec(JsonNode.Parse(chosen.Recipe.ToJson())!.AsObject(), given.Get(seed), given.Get(count));
    }
}
