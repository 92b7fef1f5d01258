using Neuro.Client.Api;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class ProveMagic(NeuroSession session, OpenWallet? open, CheckProof? check)
    : Magic("neuro-prove", "Checks that what the platform owes you is in what it says on the chain that it owes to all.")
{
    private readonly Parameter<string?> file = Optional<string>("out", "A file for the proof: anybody can check it without the platform.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var verify = LocalWork.Needed(check, "Neuro.Chain, which checks proofs");
        var client = await session.ConnectedAsync(host.Cancellation);
        var statement = await client.Api.GetLiabilitiesAsync(host.Cancellation);
        var json = await client.LiabilityProofAsync(statement.Epoch, host.Cancellation);
        var onChain = await RootOnChainAsync(client, host);
        var (holds, reason) = verify(json, onChain is { } published && published.Epoch == statement.Epoch ? published.Root : statement.Root);
        if (given.Get(file) is { } path)
        {
            await File.WriteAllTextAsync(path, json, host.Cancellation);
        }

        host.Display(new CheckedLiability(statement, onChain is { } known ? $"{known.Root} (epoch {known.Epoch})" : null, holds, reason, given.Get(file)));
    }

    /// <summary>By a node that the wallet's owner chose, not by the platform's; null without one.</summary>
    private async Task<(long Epoch, string Root)?> RootOnChainAsync(NeuroClient client, IMagicHost host)
    {
        if (open is null)
        {
            return null;
        }

        try
        {
            var wallet = await open(await client.Api.GetChainAsync(host.Cancellation), host.Cancellation);
            return await wallet.NewestRootAsync(host.Cancellation);
        }
        catch (NeuroException none) when (none.Code is "wallet.none" or "chain.unreachable")
        {
            return null;
        }
    }
}
