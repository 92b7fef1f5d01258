using System.Diagnostics;
using System.Runtime.InteropServices;
using Neuro.Backend.Tests.Ledger;
using Neuro.Client.Api;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>Processes of one platform over one PostgreSQL, behind a balancer.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly List<Process> processes = [];
    private readonly List<Uri> urls = [];

    private Replicas(string postgres, string folder) => (Postgres, Folder) = (postgres, folder);

    public string Postgres { get; }

    public string Folder { get; }

    public IReadOnlyList<Uri> Urls => urls;

    public Balancer Balancer { get; private set; } = null!;

    private string Shared => Path.Combine(Folder, "shared");

    /// <summary>What each replica is started with: keys and artifacts are common, all else is its own.</summary>
    public static PlatformOptions Options(string postgres, string shared, string own) => new()
    {
        DataFolder = own,
        KeysFolder = Path.Combine(shared, "keys"),
        ArtifactsFolder = Path.Combine(shared, "artifacts"),
        PostgresConnectionString = postgres,
        Workloads = [new NumberWork(), new TrainWork()],
        ClaimWait = TimeSpan.FromSeconds(1),
        RequestBurst = 1_000_000,
    };

    /// <summary>An empty platform, prepared by a replica of this process that has stopped again.</summary>
    public static Task<Replicas> StartAsync(int count, Func<Platform, Task> prepare) => StartAsync(prepare, [.. Enumerable.Repeat(Contract.Version, count)]);

    /// <summary>The same; each replica speaks a version of the protocol.</summary>
    public static async Task<Replicas> StartAsync(Func<Platform, Task> prepare, params IReadOnlyList<int> contracts)
    {
        var all = new Replicas(await LedgerEngine.NewPostgresAsync(), Directory.CreateTempSubdirectory("neuro-cluster-").FullName);
        try
        {
            await using (var first = await Platform.StartAsync(Options(all.Postgres, all.Shared, Path.Combine(all.Folder, "first")), TestContext.Current.CancellationToken))
            {
                await prepare(first);
            }

            foreach (var contract in contracts)
            {
                await all.AddAsync(contract);
            }

            all.Balancer = new([.. all.urls]);
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    public void Kill(int replica) => Send(replica, SigKill);

    public void Terminate(int replica) => Send(replica, SigTerm);

    public void Hang(int replica) => Send(replica, SigStop);

    public void GoOn(int replica) => Send(replica, SigCont);

    public Task ExitAsync(int replica) => processes[replica].WaitForExitAsync(TestContext.Current.CancellationToken);

    /// <summary>Ntk keys of the house, which all replicas share.</summary>
    public string Key(string file) => File.ReadAllText(Path.Combine(Shared, "keys", file)).Trim();

    /// <summary>A customer behind the balancer, who tries again as clients do.</summary>
    public Task<NeuroClient> ConnectAsync(string key) => NeuroClient.ConnectAsync(Balancer.Url.ToString(), key, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (Balancer?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var process in processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private async Task AddAsync(int contract)
    {
        var process = CrashChild.Start(CrashChild.ReplicaVerb, Postgres, Shared, Path.Combine(Folder, $"replica-{processes.Count}"), contract.ToString(System.Globalization.CultureInfo.InvariantCulture));
        processes.Add(process);
        urls.Add(new(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("The replica ended before it was up.")));
    }

    private void Send(int replica, int signal) => Signal(processes[replica].Id, signal).ShouldBe(0);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}
