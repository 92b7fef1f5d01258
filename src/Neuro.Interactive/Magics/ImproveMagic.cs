using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Tokens;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Magics;

internal sealed class ImproveMagic(NeuroSession session, ImproveModel? improve)
    : Magic("neuro-improve", "Orders pictures of what a model gets wrong, trains it on with them, and keeps the new model where it is better.")
{
    private const string TrainsHere = "The platform trains new weights and goes on from none, so the ordered pictures are learnt from here, on this machine.";

    private readonly Parameter<object> model = Required<object>("model", "The model: @variable that #!neuro-train left, or the folder of one.");
    private readonly Parameter<object> on = Required<object>("on", "Labelled pictures that it should do better: LabelledImages (@variable), or a dataset by @variable, id or name.");
    private readonly Parameter<object?> dataset = Optional<object>("dataset", "The dataset whose recipe is changed: @variable, id or name; if left out the one that the model was trained on.");
    private readonly Parameter<object?> catalogue = Optional<object>("catalogue", RecipeChoice.CatalogueHelp);
    private readonly Parameter<int> count = Optional("count", "How many pictures to order a round.", 200);
    private readonly Parameter<int> rounds = Optional("rounds", "How many rounds; it ends before where nothing is weak.", 1);
    private readonly Parameter<int> epochs = Optional("epochs", "How often each new sample is seen.", 6);
    private readonly Parameter<ulong> seed = Optional<ulong>("seed", "The seed of the pictures.", 1);
    private readonly Parameter<Ntk?> limit = Optional<Ntk?>("limit", "The most to pay per CU, in NTK; no limit if left out.");
    private readonly Parameter<Ntk?> spend = Optional<Ntk?>("most-spend", "The most to hold for a round's pictures, fee included, in NTK; no limit if left out.");
    private readonly Parameter<string> name = Optional("as", "The variable for the folder of the model that is kept.", "improved");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var train = LocalWork.Needed(improve, "Neuro.Learning, which trains");
        if (given.Get(on) is Evaluation evaluation)
        {
            throw new MagicException("magic.bad_value", $"--on is the evaluation on {evaluation.Data}, which keeps counts and no pictures; give the LabelledImages that it was made from.");
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        var basis = await BasisAsync(client, given, host);
        var chosen = await RecipeChoice.ToRenderAsync(null, Recipe.Parse(basis.Recipe.ToJsonString()), given.Get(catalogue), session, host);
        var asked = new ImproveRequest(
            await Chosen.ModelAsync(session, given.Get(model), host), await Chosen.PicturesAsync(session, given.Get(on), host),
            chosen.Recipe, chosen.Catalogue!, given.Get(rounds), given.Get(epochs), given.Get(seed));

        IDisplayHandle? shown = null;
        var (folder, report) = await train(asked, OrderAsync, new Shown(report => (shown ??= host.Display(report)).Update(report)), host.Cancellation);
        host.SetVariable(given.Get(name), folder);
        host.SetVariable("improvement", report);

        // Rounds have other pictures: the same again teach nothing.
        async Task<IReadOnlyList<string>> OrderAsync(int round, Recipe recipe)
        {
            var spec = new RenderSpec(JsonNode.Parse(recipe.ToJson())!.AsObject(), given.Get(seed) + (ulong)round, given.Get(count));
            var quote = await client.QuoteAsync(new QuoteRequest(spec, null, given.Get(limit), given.Get(spend)), host.Cancellation);
            host.Display(quote);
            var job = await session.FollowAsync(await client.OrderAsync(quote, host.Cancellation), host);
            host.SetVariable("job", job);
            if (round == 1)
            {
                host.Display(TrainsHere);
            }

            return await client.DownloadAsync(await client.DatasetAsync(job, host.Cancellation), host.Cancellation);
        }
    }

    private async Task<DatasetManifest> BasisAsync(NeuroClient client, Arguments given, IMagicHost host) =>
        !given.Has(dataset) && given.Get(model) is ModelManifest made
            ? await client.Api.GetDatasetAsync(made.DatasetId, host.Cancellation)
            : await Chosen.DatasetAsync(client, given.Get(dataset), host);

    /// <summary>Reports at once and in order, as displays must.</summary>
    private sealed class Shown(Action<ImprovementReport> show) : IProgress<ImprovementReport>
    {
        public void Report(ImprovementReport value) => show(value);
    }
}
