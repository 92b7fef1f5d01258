namespace Neuro.Interactive.Magics;

internal sealed class GeneratorsMagic(NeuroSession session) : Magic("neuro-generators", "Lists the generators that datasets can be ordered from.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var generators = await client.GeneratorsAsync(host.Cancellation);
        host.Display(generators.Count > 0 ? generators : "This platform lists no generators.");
    }
}
