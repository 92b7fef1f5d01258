using Neuro.Client.Jobs;

namespace Neuro.Interactive.Magics;

internal sealed class TrainMagic(NeuroSession session) : Magic("neuro-train", "Quotes and orders the training of a model on a dataset, follows it, and leaves the model in a variable.")
{
    private readonly Parameter<object> model = Required<object>("model", "A model spec: @variable with a ModelSpec or JSON, or a file.");
    private readonly Parameter<object?> dataset = Optional<object>("dataset", "@variable, id or name; if left out what the variable job made, else the variable dataset, else your newest.");
    private readonly Parameter<int> epochs = Optional("epochs", "How often each sample is seen.", 10);
    private readonly Parameter<int> nodes = Optional("nodes", "Across how many nodes it is trained, in rounds; 1 for one node and epochs.", 1);
    private readonly Parameter<int> rounds = Optional("rounds", "Across nodes: how often what they learnt is put together.", 10);
    private readonly Parameter<int> steps = Optional("steps", "Across nodes: steps of 32 samples that each takes in a round.", 100);
    private readonly Parameter<ulong> seed = Optional<ulong>("seed", "The seed of weights, order and augmentation.", 1);
    private readonly Parameter<TimeSpan?> deadline = Optional<TimeSpan?>("deadline", "How long it may take, such as 00:30:00; an hour if left out.");
    private readonly Parameter<string> name = Optional("as", "The variable for the model.", "model");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var spec = ModelChoice.Of(given.Get(model));
        var client = await session.ConnectedAsync(host.Cancellation);
        var data = await Chosen.DatasetAsync(client, given.Get(dataset), host);
        JobSpec order = given.Get(nodes) == 1
            ? new TrainSpec(data.Id, spec, given.Get(epochs), given.Get(seed))
            : new DilocoSpec(spec, given.Get(nodes), given.Get(rounds), given.Get(steps), given.Get(seed)) { Dataset = data.Id };
        var quote = await client.QuoteAsync(order, given.Get(deadline), cancel: host.Cancellation);
        host.Display(quote);

        var job = await session.FollowAsync(await client.OrderAsync(quote, host.Cancellation), host);
        host.SetVariable("job", job);
        host.Display(job);

        var trained = await client.ModelAsync(job, host.Cancellation);
        host.SetVariable(given.Get(name), trained);
        host.Display(trained);
    }
}
