using System.Numerics;
using System.Text;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Cli.Chains;

/// <summary>The wallet of this machine's user: <c>NEURO_WALLET</c>, else the demo wallet of a chain of one's own; over <c>NEURO_CHAIN</c>, else the node that the platform here uses.</summary>
internal sealed class ChainWallet : IWallet
{
    private const string Name = "NEURO_WALLET";
    private const string ChainName = "NEURO_CHAIN";
    private const decimal WeiPerEther = 1_000_000_000_000_000_000m;
    private static readonly TimeSpan PermitTime = TimeSpan.FromHours(1);
    private static readonly HttpClient Http = new();

    private readonly IEthereum chain;
    private readonly ISigner signer;
    private readonly ChainAccount account;
    private readonly NtkVault vault;
    private readonly NtkToken token;
    private readonly NtkSale? sale;

    private ChainWallet(IEthereum chain, ISigner signer, ChainInfo info)
    {
        (this.chain, this.signer) = (chain, signer);
        account = new(chain, signer);
        vault = new(chain, Neuro.Chain.Values.Address.Parse(info.Vault));
        token = new(chain, Neuro.Chain.Values.Address.Parse(info.Token));
        sale = info.Sale is { } at ? new(chain, Neuro.Chain.Values.Address.Parse(at)) : null;
    }

    public string Address => signer.Address.ToString();

    /// <exception cref="NeuroException"><c>wallet.none</c>, <c>chain.wrong_chain</c>, and those of <see cref="SignerSettings"/>.</exception>
    public static Task<IWallet> OpenAsync(ChainInfo info, CancellationToken cancel) => OpenAsync(info, Environment.GetEnvironmentVariable, DataFolder.Path, cancel);

    internal static async Task<IWallet> OpenAsync(ChainInfo info, Func<string, string?> variable, string dataFolder, CancellationToken cancel)
    {
        var here = ChainFile.Read(dataFolder);
        IReadOnlyList<Uri> nodes = variable(ChainName) is { Length: > 0 } named ? NodesOf(named) : here is not null ? [here.Url]
            : throw new NeuroException("wallet.none", $"This machine knows no node of chain {info.ChainId}: set {ChainName} to the address of one, such as https://….");
        var signer = new SignerSettings(Name, variable).Open(Http) ?? Demo(dataFolder)
            ?? throw new NeuroException("wallet.none", $"This machine has no wallet: set {Name} to a keystore file, or to web3signer:URL#0xADDRESS or clef:URL#0xADDRESS.");
        var chain = new JsonRpcEthereum(Http, new() { Endpoints = nodes, ChainId = info.ChainId });
        await chain.ChainIdAsync(cancel);
        return new ChainWallet(chain, signer, info);
    }

    /// <exception cref="NeuroException"><c>chain.bad_url</c></exception>
    public static IReadOnlyList<Uri> NodesOf(string list) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text =>
            Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? url!
                : throw new NeuroException("chain.bad_url", $"'{(text.Length <= 60 ? text : text[..60] + "…")}' is not the address of a node; expected something like http://127.0.0.1:8545.")),
    ];

    public async Task<string> SignAsync(string message, CancellationToken cancel) => (await signer.SignMessageAsync(Encoding.UTF8.GetBytes(message), cancel)).ToString();

    public async Task<string> DepositAsync(Guid account, Ntk amount, CancellationToken cancel)
    {
        var units = BaseUnits.Of(amount);
        var has = await token.BalanceAsync(signer.Address, BlockRef.Latest, cancel);
        if (has < units)
        {
            throw new NeuroException("wallet.too_little", $"The wallet {Address} has {BaseUnits.ToNtk(has).Amount} NTK; {amount} are needed.");
        }

        var now = (await chain.BlockAsync(BlockRef.Latest, cancel))!.Time;
        var permit = await token.PermitAsync(signer.Address, vault.Address, units, now + PermitTime, cancel);
        var signature = await signer.SignTypedDataAsync(permit.ToTypedData(), cancel);
        var receipt = await this.account.SendAsync(vault.Address, NtkVault.DepositWithPermit(permit, signature, Hash32.Parse(DepositAccount.Of(account))), errors: NtkVault.Artifact.Abi.Errors, cancel: cancel);
        return receipt.TransactionHash.ToString();
    }

    public async Task<SalePurchase> BuyAsync(Ntk amount, CancellationToken cancel)
    {
        var open = sale ?? throw new NeuroException("chain.no_sale", "This platform's chain has no sale. #!neuro-buy without --with eth buys from the treasury.");
        var now = (await chain.BlockAsync(BlockRef.Latest, cancel))!.Time;
        var units = BaseUnits.Of(amount);
        var perEther = await open.QuoteAsync((BigInteger)WeiPerEther, now, BlockRef.Latest, cancel);
        // Rounded up; a bonus for a large purchase only gives more.
        var wei = ((units * (BigInteger)WeiPerEther) + perEther - 1) / perEther;
        var receipt = await account.SendAsync(open.Address, NtkSale.Buy(units), wei, NtkSale.Artifact.Abi.Errors, cancel);
        var bought = receipt.Logs.Where(log => log.Address == open.Address).Select(open.ReadBought).First();
        return new(BaseUnits.ToNtk(bought.Tokens).Amount, (decimal)wei / WeiPerEther, receipt.TransactionHash.ToString(), (await open.PeriodAsync(cancel)).End);
    }

    public async Task<(long Epoch, string Root)?> NewestRootAsync(CancellationToken cancel) =>
        await vault.NewestRootAsync(BlockRef.Latest, cancel) is { } root ? (root.Epoch, root.Root.ToString()) : null;

    private static ISigner? Demo(string dataFolder) => File.Exists(ChainFile.Keystore(dataFolder))
        ? SignerSettings.Keystore(ChainFile.Keystore(dataFolder), File.ReadAllText(ChainFile.Password(dataFolder)), isForAnyChain: false)
        : null;
}
