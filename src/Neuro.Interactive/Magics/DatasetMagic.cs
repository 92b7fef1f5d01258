using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class DatasetMagic(NeuroSession session) : Magic("neuro-dataset", "Downloads a dataset, checks its labels, shows its card, and leaves it in a variable.")
{
    private readonly Parameter<object?> id = Optional<object>("id", "@variable, id or name; if left out what the variable job made, else the variable dataset, else your newest.");
    private readonly Parameter<string> name = Optional("as", "The variable for the dataset.", "dataset");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var dataset = await Chosen.DatasetAsync(client, given.Get(id), host);
        host.SetVariable(given.Get(name), dataset);
        var shards = await client.DownloadAsync(dataset, host.Cancellation);
        host.Display(await Task.Run(() => DatasetCard.Open(dataset, shards), host.Cancellation));
    }
}
