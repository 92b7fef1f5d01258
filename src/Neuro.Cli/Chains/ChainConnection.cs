using Neuro.Backend.Chain;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Cli.Chains;

/// <summary>What <c>neuro up --chain</c> connects the ledger to: a chain of one's own, or nodes of another and a vault that is there.</summary>
internal sealed class ChainConnection : IAsyncDisposable
{
    /// <summary>The word for a chain of one's own.</summary>
    public const string Anvil = "anvil";

    private const string SettlerName = "NEURO_SETTLER";
    private static readonly HttpClient Http = new();

    private readonly DevChain? own;

    private ChainConnection(ChainOptions options, DevChain? own) => (Options, this.own) = (options, own);

    public ChainOptions Options { get; }

    /// <param name="chain"><see cref="Anvil"/>, or addresses of nodes with commas between.</param>
    /// <param name="vault">Null on a chain of one's own, or where the data folder knows it from before.</param>
    /// <param name="sale">Null where there is none, on a chain of one's own, or where the data folder knows it from before.</param>
    /// <exception cref="NeuroException"><c>chain.no_vault</c>, <c>chain.bad_url</c>, <c>chain.bad_address</c>, <c>wallet.none</c>, and those of <see cref="DevChain"/> and <see cref="SignerSettings"/>.</exception>
    public static async Task<ChainConnection> OpenAsync(string chain, string? vault, string? sale, long? fromBlock, string dataFolder, Action<string> log, CancellationToken cancel)
    {
        if (chain == Anvil)
        {
            var (own, file) = await DevChain.StartAsync(dataFolder, log, cancel);
            return new(
                new()
                {
                    Endpoints = [file.Url], Vault = Address.Parse(file.Vault), Sale = file.Sale is { } sold ? Address.Parse(sold) : null, Settler = DevChain.Settler, FromBlock = file.FromBlock,
                    PollInterval = TimeSpan.FromSeconds(1), BatchInterval = TimeSpan.FromSeconds(2), EpochInterval = TimeSpan.FromMinutes(1),
                },
                own);
        }

        var before = ChainFile.Read(dataFolder);
        var (nodes, seller) = (ChainWallet.NodesOf(chain), sale ?? before?.Sale);
        var named = vault ?? before?.Vault ?? throw new NeuroException("chain.no_vault", "Name the vault that the ledger shall be connected to: --vault 0x….");
        var settler = new SignerSettings(SettlerName, Environment.GetEnvironmentVariable).Open(Http)
            ?? throw new NeuroException("wallet.none", $"Who settles? Set {SettlerName} to a keystore file, or to web3signer:URL#0xADDRESS or clef:URL#0xADDRESS.");
        var options = new ChainOptions
        {
            Endpoints = nodes, Vault = AddressOf(named, "--vault"), Sale = seller is null ? null : AddressOf(seller, "--sale"), Settler = settler, FromBlock = fromBlock ?? before?.FromBlock ?? 0,
        };
        new ChainFile(nodes[0], options.Vault.ToString(), options.Sale?.ToString(), options.FromBlock).Write(dataFolder);
        return new(options, null);
    }

    private static Address AddressOf(string text, string option)
    {
        try
        {
            return Address.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("chain.bad_address", $"{option} is not an address: {wrong.Message.TrimEnd('.')}.", wrong);
        }
    }

    public ValueTask DisposeAsync() => own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
