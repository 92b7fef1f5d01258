using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using Neuro.Chain.Anvil;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Cli.Chains;

/// <summary>A chain of one's own beside a platform: anvil with our contracts, the house's tokens in the vault, and a demo wallet with ether and 10,000 NTK.</summary>
/// <remarks>It lies in the data folder and goes on with the next start. A block comes each second and is final four blocks later.</remarks>
internal sealed class DevChain : IAsyncDisposable
{
    private static readonly Ntk DemoTokens = Ntk.Of(10_000);
    private static readonly TimeSpan LongestSave = TimeSpan.FromSeconds(5);

    // What is final is older than what a kill can lose of the state on disk.
    private static readonly string[] Mining = ["--block-time", "1", "--slots-in-an-epoch", "2", "--state-interval", "1"];

    private readonly HttpClient http;
    private readonly AnvilNode node;
    private readonly string state;
    private readonly FileStream folderLock;

    private DevChain(HttpClient http, AnvilNode node, string state, FileStream folderLock) => (this.http, this.node, this.state, this.folderLock) = (http, node, state, folderLock);

    /// <summary>Signs for the platform: the account that deployed.</summary>
    public static ISigner Settler => AnvilNode.Signers[0];

    /// <summary>Starts the chain of a data folder, or makes it.</summary>
    /// <exception cref="NeuroException"><c>anvil.not_found</c>, <c>anvil.not_started</c>, <c>chain.file_broken</c>, <c>platform.data_folder_in_use</c>.</exception>
    public static async Task<(DevChain Chain, ChainFile File)> StartAsync(string dataFolder, Action<string> log, CancellationToken cancel)
    {
        var state = Path.Combine(dataFolder, "chain", "anvil.json");
        DataFolder.Create(Path.GetDirectoryName(state)!);
        var folderLock = Lock(dataFolder);
        try
        {
            return await StartAsync(dataFolder, state, folderLock, log, cancel);
        }
        catch
        {
            await folderLock.DisposeAsync();
            throw;
        }
    }

    private static async Task<(DevChain Chain, ChainFile File)> StartAsync(string dataFolder, string state, FileStream folderLock, Action<string> log, CancellationToken cancel)
    {
        var before = ChainFile.Read(dataFolder);
        if (before is null)
        {
            File.Delete(state); // A start was cut off before its chain was described: no ledger knows of it.
        }
        else if (!File.Exists(state))
        {
            throw new NeuroException("chain.file_broken", $"{state} is gone: the chain that this ledger is connected to. Bring it back, or start with another data folder.");
        }

        var http = new HttpClient();
        var node = await AnvilNode.StartAsync(http, arguments: [.. Mining, "--state", state], cancel: cancel);
        var chain = new DevChain(http, node, state, folderLock);
        try
        {
            var file = before is { } known ? known with { Url = node.Url } : await MakeAsync(node.Connect(http), node.Url, dataFolder, log, cancel);
            file.Write(dataFolder);
            return (chain, file);
        }
        catch
        {
            await chain.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it with all that is in its blocks on the disk.</summary>
    public async ValueTask DisposeAsync()
    {
        var asked = DateTime.UtcNow;
        for (var began = Stopwatch.GetTimestamp(); File.Exists(state) && File.GetLastWriteTimeUtc(state) < asked && Stopwatch.GetElapsedTime(began) < LongestSave;)
        {
            await Task.Delay(100);
        }

        await node.DisposeAsync();
        await folderLock.DisposeAsync();
        http.Dispose();
    }

    // Two of them would write one state.
    private static FileStream Lock(string dataFolder)
    {
        try
        {
            return new FileStream(Path.Combine(dataFolder, "chain", "anvil.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (held is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new NeuroException("platform.data_folder_in_use", $"Another platform runs over {dataFolder}. Use that one, stop it, or give this one another folder.", held);
        }
    }

    private static async Task<ChainFile> MakeAsync(JsonRpcEthereum chain, Uri url, string dataFolder, Action<string> log, CancellationToken cancel)
    {
        log("chain: Deploying NTK, its vault and its sale to a chain of your own; it takes some seconds.");
        var deployer = new ChainAccount(chain, Settler);
        var made = await Deployment.DeployAsync(deployer, cancel: cancel);
        var token = new NtkToken(chain, made.Token);
        var key = new Hash32(RandomNumberGenerator.GetBytes(Hash32.Length));
        var wallet = new LocalSigner(key);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        DataFolder.WriteSecret(ChainFile.Password(dataFolder), password);
        DataFolder.WriteSecret(ChainFile.Keystore(dataFolder), Keystore.Write(key, password, Keystore.Strength.Light));
        await deployer.SendAsync(wallet.Address, ReadOnlyMemory<byte>.Empty, BigInteger.Pow(10, 20), cancel: cancel);
        await deployer.SendAsync(made.Token, NtkToken.Transfer(wallet.Address, BaseUnits.Of(DemoTokens)), errors: NtkToken.Artifact.Abi.Errors, cancel: cancel);
        var rest = await token.BalanceAsync(Settler.Address, BlockRef.Latest, cancel);
        var sent = await deployer.SendAsync(made.Token, NtkToken.Transfer(made.Vault, rest), errors: NtkToken.Artifact.Abi.Errors, cancel: cancel);
        log($"chain: The vault {made.Vault} holds {BaseUnits.ToNtk(rest).Amount} NTK; the demo wallet {wallet.Address} has {DemoTokens} NTK and 100 ETH. Waiting until that is final.");
        while ((await chain.BlockAsync(BlockRef.Finalized, cancel))!.Number < sent.BlockNumber)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancel);
        }

        return new(url, made.Vault.ToString(), made.Sale.ToString(), made.Block);
    }
}
