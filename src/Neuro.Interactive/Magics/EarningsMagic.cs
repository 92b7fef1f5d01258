namespace Neuro.Interactive.Magics;

internal sealed class EarningsMagic(NeuroSession session) : Magic("neuro-earnings", "Shows what your nodes were paid, by node and day.")
{
    private const int Most = 366;

    private readonly Parameter<int> days = Optional("days", "How many days, today included.", 30);

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        if (given.Get(days) is < 1 or > Most)
        {
            throw new MagicException("magic.bad_value", $"--days is {given.Get(days)}; expected 1 to {Most}.");
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        var earned = await client.Api.GetNodeEarningsAsync(given.Get(days), host.Cancellation);
        host.Display(earned.Count > 0 ? earned : $"No node of yours was paid in {given.Get(days)} days; `neuro node install` sets one up.");
    }
}
