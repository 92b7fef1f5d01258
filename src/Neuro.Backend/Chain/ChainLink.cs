using System.Numerics;
using Neuro.Backend.Chain.Exits;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Backend.Chain;

/// <summary>The way to the chain, and how it stands.</summary>
internal sealed class ChainLink : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ChainOptions? options;
    private readonly HttpClient? http;
    private readonly IEthereum? ethereum;

    public ChainLink(PlatformOptions platform)
    {
        options = platform.Chain;
        if (options is not null)
        {
            http = new HttpClient();
            ethereum = options.Ethereum ?? new JsonRpcEthereum(http, new() { Endpoints = options.Endpoints, ChainId = options.ChainId });
            Vault = new(ethereum, options.Vault);
        }
    }

    /// <summary>Whether the platform has a chain at all.</summary>
    public bool IsOn => options is not null;

    /// <exception cref="NeuroException"><c>chain.none</c></exception>
    public ChainOptions Options => options ?? throw None();

    public IEthereum Ethereum => ethereum ?? throw None();

    public NtkVault Vault => field ?? throw None();

    /// <summary>What the last look found; null before the first one in this process.</summary>
    public ChainLook? Seen { get; set; }

    /// <summary>Null as long as the vault's exits are shut, or are not known to be open.</summary>
    public OpenExits? Exits { get; set; }

    /// <summary>What is wrong, in a sentence.</summary>
    public string? Problem { get; set; }

    /// <summary>Asks the chain something that is not worth a longer wait; a sentence says why there is no answer.</summary>
    /// <remarks>A node that says nothing would keep whoever asked for half a minute.</remarks>
    public async Task<string?> AskAsync(Func<CancellationToken, Task> ask, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(Patience);
        try
        {
            await ask(stop.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"The chain did not answer within {Patience.TotalSeconds} seconds.";
        }
        catch (NeuroException away) when (away.Code is "chain.unreachable" or "chain.bad_answer" or "chain.refused" or "chain.lies")
        {
            return away.Message;
        }
    }

    public void Dispose() => http?.Dispose();

    private static NeuroException None() =>
        new("chain.none", "This platform has no chain: NTK are on its ledger alone. Its operator can connect it to one.") { Status = 404 };
}

/// <summary>What a look at the chain found.</summary>
/// <param name="InVault">Base units.</param>
internal sealed record ChainLook(Heads Heads, BigInteger InVault, DateTimeOffset At);

/// <summary>The three heads of the chain.</summary>
internal sealed record Heads(Block Latest, Block Safe, Block Finalized)
{
    /// <summary>Asks for them.</summary>
    /// <exception cref="NeuroException"><c>chain.lies</c>: they cannot be those of one chain, or not of the one that was final before; and those of
    /// <see cref="IEthereum"/>.</exception>
    public static async Task<Heads> ReadAsync(IEthereum chain, (long Number, string Hash) final, CancellationToken cancel)
    {
        var known = final.Hash.Length > 0;
        BlockRef[] asked = [BlockRef.Latest, BlockRef.Safe, BlockRef.Finalized, BlockRef.Of(final.Number)];
        var blocks = await chain.BlocksAsync(known ? asked : asked[..3], cancel);
        if (blocks[0] is not { } latest || blocks[1] is not { } safe || blocks[2] is not { } finalized)
        {
            throw Lie("it has no latest, safe or finalized block");
        }

        return finalized.Number > safe.Number || safe.Number > latest.Number
                ? throw Lie($"finalized is block {finalized.Number}, safe {safe.Number}, latest {latest.Number}; each must be at most the next")
            : known && finalized.Number < final.Number ? throw Lie($"finalized is block {finalized.Number}; it was {final.Number} before")
            : known && blocks[3]?.Hash.ToString() != final.Hash
                ? throw Lie($"block {final.Number} was final with the hash {final.Hash}; now it is {blocks[3]?.Hash.ToString() ?? "unknown"}")
            : new(latest, safe, finalized);
    }

    private static NeuroException Lie(string what) =>
        new("chain.lies", $"The node cannot be believed: {what}. Nothing is credited or sent until it answers as before; if it does not heal, connect to another node.")
        { Status = 503 };
}
