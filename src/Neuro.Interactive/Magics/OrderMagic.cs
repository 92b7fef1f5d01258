using Neuro.Client.Market;

namespace Neuro.Interactive.Magics;

internal sealed class OrderMagic(NeuroSession session) : Magic("neuro-order", "Orders a quoted job, follows it to its end, and leaves it in a variable.")
{
    private readonly Parameter<Quote?> quote = Optional<Quote>("quote", "The quote (@variable); the variable quote if left out.");
    private readonly Parameter<string> name = Optional("as", "The variable for the job.", "job");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var job = await client.OrderAsync(given.Get(quote) ?? LastQuote(host), host.Cancellation);
        host.SetVariable(given.Get(name), job);
        job = await session.FollowAsync(job, host);
        host.SetVariable(given.Get(name), job);
        host.Display(job);
    }

    private Quote LastQuote(IMagicHost host) => host.TryGetVariable("quote", out var value) && value is Quote last
        ? last
        : throw new MagicException("magic.missing_value", $"There is no quote to order: ask for one with #!neuro-quote first.\n{Usage}");
}
