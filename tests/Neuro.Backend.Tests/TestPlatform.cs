using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests;

/// <summary>A platform over a folder of its own, with a clock that the test moves.</summary>
internal sealed class TestPlatform : IAsyncDisposable
{
    /// <summary>So many verified shards that a node's reliability rounds to 1.</summary>
    public const int Proven = 100_000_000;

    private readonly List<IAsyncDisposable> clients = [];

    private TestPlatform(PlatformOptions options, FakeTimeProvider clock, NumberWork numbers) => (Options, Clock, Numbers) = (options, clock, numbers);

    public PlatformOptions Options { get; }

    public FakeTimeProvider Clock { get; }

    public NumberWork Numbers { get; }

    public Platform Platform { get; private set; } = null!;

    [ModuleInitializer]
    internal static void KeepCachesApart() => Environment.SetEnvironmentVariable("NEURO_DATA", Directory.CreateTempSubdirectory("neuro-cache-").FullName);

    public static async Task<TestPlatform> StartAsync(Func<PlatformOptions, PlatformOptions>? change = null)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var numbers = new NumberWork();
        var options = new PlatformOptions { DataFolder = Directory.CreateTempSubdirectory("neuro-test-").FullName, Workloads = [numbers, new TrainWork()], Time = clock, ClaimWait = TimeSpan.Zero, RequestBurst = 1_000_000 };
        var platform = new TestPlatform(change?.Invoke(options) ?? options, clock, numbers);
        var file = Path.Combine(platform.Options.DataFolder, "neuro.db");
        if (platform.Options.PostgresConnectionString is null && !File.Exists(file))
        {
            await Migrated.CopyToAsync(file);
        }

        platform.Platform = await Platform.StartAsync(platform.Options, TestContext.Current.CancellationToken);
        return platform;
    }

    /// <summary>Stops, and starts again over the same folder.</summary>
    /// <param name="between">Awaited while it is down.</param>
    public async Task RestartAsync(Func<Task>? between = null)
    {
        await CloseClientsAsync();
        await Platform.DisposeAsync();
        await (between?.Invoke() ?? Task.CompletedTask);
        Platform = await Platform.StartAsync(Options, TestContext.Current.CancellationToken);
    }

    /// <summary>A customer; the first user unless a key is given.</summary>
    public async Task<NeuroClient> CustomerAsync(string? key = null, int ntk = 0)
    {
        var client = await NeuroClient.ConnectAsync(Platform.Url.ToString(), key ?? Platform.FirstUserKey, TestContext.Current.CancellationToken);
        clients.Add(client);
        if (ntk > 0)
        {
            await client.BuyAsync(Ntk.Of(ntk), TestContext.Current.CancellationToken);
        }

        return client;
    }

    /// <summary>A node that joined.</summary>
    /// <param name="proven">Whether <see cref="Proven"/> shards stand in its record, so that its floor counts as it is.</param>
    public async Task<TestNode> NodeAsync(
        string name = "node", decimal floor = 1, double speed = 10, string? owner = null, bool proven = true, decimal startCost = 0, TimeSpan startTime = default)
    {
        var node = new TestNode(Platform.Url, name);
        clients.Add(node);
        await node.JoinAsync(owner ?? Platform.NodeOwnerKey, Ntk.Of(floor), speed, Ntk.Of(startCost), startTime);
        if (proven)
        {
            await using var db = Platform.Services.GetRequiredService<Database>().CreateDbContext();
            await db.Nodes.Where(row => row.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ShardsDone, Proven), TestContext.Current.CancellationToken);
            await Platform.Services.GetRequiredService<NodeRegistry>().RefreshAsync(node.Id, TestContext.Current.CancellationToken);
        }

        return node;
    }

    public static async Task<Job> OrderAsync(NeuroClient customer, RenderSpec spec, Ntk? limit = null) =>
        await customer.OrderAsync(await customer.QuoteAsync(spec, limit: limit, cancel: TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

    /// <summary>A customer of their own, and the key.</summary>
    public async Task<(NeuroClient Client, string Key)> NewCustomerAsync(string name, int ntk = 0)
    {
        var key = await Platform.CreateAccountAsync("customer", name, TestContext.Current.CancellationToken);
        return (await CustomerAsync(key, ntk), key);
    }

    /// <summary>Follows a job until something happened to it.</summary>
    public static async Task UntilAsync(NeuroClient customer, Guid job, string happened)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var heard = new List<string>();
        try
        {
            await foreach (var now in customer.FollowAsync(job, patience.Token))
            {
                heard.Add(now.Detail);
                if (now.Detail.Contains(happened, StringComparison.Ordinal))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Said below, with what was heard.
        }

        Assert.Fail($"'{happened}' did not happen to job {job}; heard: {string.Join(" | ", heard)}");
    }

    /// <summary>A raw HTTP client with or without a key.</summary>
    public HttpClient Http(string? key = null)
    {
        // A client that may send before it is told to go on waits longer than .NET's second: the machine may be busy.
        var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(20) }) { BaseAddress = Platform.Url };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseClientsAsync();
        await Platform.DisposeAsync();
        Directory.Delete(Options.DataFolder, recursive: true);
    }

    private async Task CloseClientsAsync()
    {
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        clients.Clear();
    }
}
