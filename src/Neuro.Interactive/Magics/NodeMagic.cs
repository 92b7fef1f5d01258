using Neuro.Client.Nodes;

namespace Neuro.Interactive.Magics;

internal sealed class NodeMagic(NeuroSession session)
    : Magic("neuro-node", "Shows what is known of a node: what it delivered, how far it is trusted and why, its stake, what speaks against it.")
{
    private readonly Parameter<object> node = Required<object>("node", "@variable, name or key of a node, as #!neuro-nodes lists them.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        host.Display(await client.Api.GetNodeRecordAsync(given.Get(node) switch
        {
            NodeView view => view.Id,
            NodeRecord record => record.Id,
            string text => Named(await client.NodesAsync(host.Cancellation), text),
            var other => throw Chosen.Wrong("node", other),
        }, host.Cancellation));
    }

    private static string Named(IReadOnlyList<NodeView> nodes, string text)
    {
        var meant = text.TrimEnd('…');
        var found = nodes.FirstOrDefault(one => one.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? (meant.Length >= 6 ? nodes.FirstOrDefault(one => one.Id.StartsWith(meant, StringComparison.Ordinal)) : null);
        return found?.Id ?? throw new MagicException(
            "magic.bad_value", $"There is no node '{text}'.{MagicSpelling.Suggest(text, nodes.Select(one => one.Name), "")} #!neuro-nodes lists them.");
    }
}
