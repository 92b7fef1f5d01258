namespace Neuro.Interactive.Magics;

internal sealed class DatasetsMagic(NeuroSession session) : Magic("neuro-datasets", "Lists your datasets.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var datasets = await client.Api.GetDatasetsAsync(host.Cancellation);
        host.Display(datasets.Count > 0 ? datasets : "You have no datasets yet; #!neuro-quote and #!neuro-order make one.");
    }
}
