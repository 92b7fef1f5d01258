using Neuro.Client.Api;

namespace Neuro.Interactive.Magics;

internal sealed class UpMagic(NeuroSession session, StartPlatform? start)
    : Magic("neuro-up", "Starts the platform on this machine with one node, or finds the one that is up, and connects; it stops with this notebook's program.")
{
    private readonly Parameter<string> name = Optional("as", "The variable for the client.", "client");

    private readonly Parameter<string?> chain = Optional<string>("chain", "anvil connects its ledger to a chain of your own; the address of a node, to the vault that `neuro up` was given.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var platform = await LocalWork.Needed(start, "Neuro.Backend, which is the platform")(given.Get(chain), new Log(host.Display("Starting the platform.")), host.Cancellation);
        if (platform is not null)
        {
            await session.OwnAsync(platform);
        }

        var client = await session.ConnectAsync(cancel: host.Cancellation);
        host.SetVariable(given.Get(name), client);
        host.Display(await StatusMagic.AskAsync(client, host.Cancellation));
    }

    /// <summary>The newest line in one place.</summary>
    private sealed class Log(IDisplayHandle shown) : IProgress<string>
    {
        public void Report(string value) => shown.Update(value);
    }
}
