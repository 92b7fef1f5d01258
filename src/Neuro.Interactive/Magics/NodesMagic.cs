namespace Neuro.Interactive.Magics;

internal sealed class NodesMagic(NeuroSession session) : Magic("neuro-nodes", "Lists the nodes, their measured speed, floors and earnings.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var nodes = await client.NodesAsync(host.Cancellation);
        host.Display(nodes.Count > 0 ? nodes : "No node has joined this platform yet; `neuro node` starts one.");
    }
}
