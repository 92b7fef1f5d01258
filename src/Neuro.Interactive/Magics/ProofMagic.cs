namespace Neuro.Interactive.Magics;

internal sealed class ProofMagic(NeuroSession session) : Magic("neuro-proof", "Adds up all accounts of the platform and reads every transfer again: the sum must be zero.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        host.Display(await client.Api.GetProofAsync(host.Cancellation));
    }
}
