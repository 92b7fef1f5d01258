namespace Neuro.Interactive.Magics;

internal sealed class ConnectMagic(NeuroSession session) : Magic("neuro-connect", "Connects to a platform and leaves the client in a variable.")
{
    private readonly Parameter<string?> url = Optional<string>("url", "The platform's address; the one on this machine if left out.");
    private readonly Parameter<string?> key = Optional<string>("key", "Your API key; the first user's of the platform on this machine if left out.");
    private readonly Parameter<string> name = Optional("as", "The variable for the client.", "client");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectAsync(given.Get(url), given.Get(key), host.Cancellation);
        host.SetVariable(given.Get(name), client);
        host.Display(await StatusMagic.AskAsync(client, host.Cancellation));
    }
}
