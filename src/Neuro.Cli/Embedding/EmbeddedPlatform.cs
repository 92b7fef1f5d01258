using Neuro.Backend;
using Neuro.Cli.Chains;
using Neuro.Cli.Workloads;
using Neuro.Client.Api;

namespace Neuro.Cli.Embedding;

/// <summary>How the embedded platform starts.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Where everything is kept.</summary>
    public string DataFolder { get; init; } = Client.Api.DataFolder.Path;

    /// <summary>Where it listens.</summary>
    /// <value>A free port on the loopback address.</value>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>An Npgsql connection string; replicas over the same database are one platform.</summary>
    /// <value>Null: SQLite in the data folder.</value>
    public string? Postgres { get; init; }

    /// <summary>Where keys lie that replicas share; null for the data folder.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>Where artifacts lie that replicas share; null for the data folder.</summary>
    public string? ArtifactsFolder { get; init; }

    /// <summary>Where other replicas reach this one; null for where it listens.</summary>
    public string? AdvertisedUrl { get; init; }

    /// <summary>Whether a node is started as a second process.</summary>
    public bool LocalNode { get; init; } = true;

    public bool Verbose { get; init; }

    /// <summary>Whether the platform logs to standard error, one JSON object a line.</summary>
    public bool JsonLog { get; init; }

    /// <summary>What the ledger is connected to: <c>anvil</c>, or addresses of nodes.</summary>
    /// <value>Null: nothing.</value>
    public string? Chain { get; init; }

    /// <summary>Address of the vault there; null on a chain of one's own.</summary>
    public string? Vault { get; init; }

    /// <summary>Address of the contract that sells NTK for ether there.</summary>
    public string? Sale { get; init; }

    /// <summary>The block in which the vault was made.</summary>
    public long? FromBlock { get; init; }

    /// <summary>Told what happens, a line each; nobody if left out.</summary>
    public Action<string> Log { get; init; } = _ => { };
}

/// <summary>A whole Neuro on this machine: the backend in this process over a data folder, and one node in a second process.</summary>
public sealed class EmbeddedPlatform : IAsyncDisposable
{
    private readonly Platform platform;
    private readonly LocalNode? node;
    private readonly ChainConnection? chain;

    private EmbeddedPlatform(Platform platform, LocalNode? node, ChainConnection? chain, string dataFolder)
    {
        this.platform = platform;
        this.node = node;
        this.chain = chain;
        DataFolder = dataFolder;
    }

    public Uri Url => platform.Url;

    public string DataFolder { get; }

    /// <summary>Starts it, leaves its address in the data folder for <c>NeuroClient.ConnectAsync()</c>, and returns when the node has joined.</summary>
    /// <exception cref="NeuroException"><c>platform.data_folder_in_use</c> when one runs over this folder already; <c>platform.port_taken</c>.</exception>
    public static async Task<EmbeddedPlatform> StartAsync(EmbeddedOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new EmbeddedOptions();
        var chain = options.Chain is { } named ? await ChainConnection.OpenAsync(named, options.Vault, options.Sale, options.FromBlock, options.DataFolder, options.Log, cancel) : null;
        Platform platform;
        try
        {
            platform = await StartPlatformAsync(options, chain, cancel);
        }
        catch
        {
            await (chain?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }

        LocalNode? node = null;
        try
        {
            new Connection(platform.Url.ToString(), platform.FirstUserKey, Environment.ProcessId).Write(options.DataFolder);
            if (options.LocalNode)
            {
                node = new LocalNode(platform.Url, platform.NodeOwnerKey, options.DataFolder, options.Log);
                await node.JoinedAsync(cancel);
            }

            return new EmbeddedPlatform(platform, node, chain, options.DataFolder);
        }
        catch
        {
            await StopAsync(platform, node, chain, options.DataFolder);
            throw;
        }
    }

    private static Task<Platform> StartPlatformAsync(EmbeddedOptions options, ChainConnection? chain, CancellationToken cancel) =>
        Platform.StartAsync(
            new PlatformOptions
            {
                DataFolder = options.DataFolder,
                Url = options.Url,
                PostgresConnectionString = options.Postgres,
                KeysFolder = options.KeysFolder,
                ArtifactsFolder = options.ArtifactsFolder,
                AdvertisedUrl = options.AdvertisedUrl,
                Generators = BuiltInGenerators.Listings,
                Workloads = [new RenderWorkload(), new TrainWorkload(), new DilocoWorkload()],
                Appraiser = new Appraiser(),
                Verbose = options.Verbose,
                JsonLog = options.JsonLog,
                Chain = chain?.Options,
            }.WithStore(),
            cancel);

    /// <summary>Waits until cancelled; that is how it is told to stop.</summary>
    public async Task StoppedAsync(CancellationToken cancel)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = cancel.Register(stopped.SetResult);
        await stopped.Task;
    }

    public ValueTask DisposeAsync() => StopAsync(platform, node, chain, DataFolder);

    // The node first, while there is still a platform to give its shard back to.
    private static async ValueTask StopAsync(Platform platform, LocalNode? node, ChainConnection? chain, string dataFolder)
    {
        try
        {
            if (node is not null)
            {
                await node.DisposeAsync();
            }

            Connection.Delete(dataFolder);
        }
        finally
        {
            await platform.DisposeAsync();
            await (chain?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
