using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Cluster;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Benchmarks;
using Neuro.Client.Api;
using Npgsql;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>How a replica differs from the others.</summary>
/// <param name="Contract">The version of the protocol that it speaks.</param>
/// <param name="MinutesAhead">How wrong its machine's clock is.</param>
/// <param name="Space">The network namespace that it runs in, if not that of the test.</param>
internal sealed record Setup(int Contract, int MinutesAhead = 0, NetworkSpace? Space = null);

/// <summary>Processes of one platform over one PostgreSQL, behind a balancer. Every way between them is a wire that can be cut.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly List<Process> processes = [];
    private readonly List<Uri> urls = [];
    private readonly List<Wire> toDatabase = [];
    private readonly HttpClient health = new();

    private Replicas(string postgres, string folder) => (Postgres, Folder) = (postgres, folder);

    public string Postgres { get; }

    public string Folder { get; }

    public IReadOnlyList<Uri> Urls => urls;

    /// <summary>Each replica's way to PostgreSQL.</summary>
    public IReadOnlyList<Wire> ToDatabase => toDatabase;

    /// <summary>The way of customers.</summary>
    public Wire Balancer { get; private set; } = null!;

    /// <summary>The way of nodes.</summary>
    public Wire ForNodes { get; private set; } = null!;

    private string Shared => Path.Combine(Folder, "shared");

    /// <summary>What each replica is started with: keys and artifacts are common, all else is its own.</summary>
    public static PlatformOptions Options(string postgres, string shared, string own) => new()
    {
        DataFolder = own,
        KeysFolder = Path.Combine(shared, "keys"),
        ArtifactsFolder = Path.Combine(shared, "artifacts"),
        PostgresConnectionString = postgres,
        Workloads = [new NumberWork(), new TrainWork()],
        LeaseTime = Crowd.LeaseTime,
        ClaimWait = TimeSpan.FromSeconds(1),
        RequestBurst = 1_000_000,
    };

    /// <summary>What the child of <see cref="CrashChild.ReplicaVerb"/> is started with.</summary>
    public static PlatformOptions Options(IReadOnlyList<string> told) => Options(told[0], told[1], told[2]) with
    {
        ContractVersion = int.Parse(told[3], CultureInfo.InvariantCulture),
        Time = told[4] == "0" ? TimeProvider.System : new SharedClock(new WrongClock(TimeSpan.FromMinutes(int.Parse(told[4], CultureInfo.InvariantCulture)))),
        Url = told[5],
    };

    /// <summary>An empty platform, prepared by a replica of this process that has stopped again.</summary>
    public static Task<Replicas> StartAsync(int count, Func<Platform, Task> prepare) => StartAsync(prepare, null, [.. Enumerable.Repeat(new Setup(Contract.Version), count)]);

    /// <param name="prepare">Awaited with the platform while it is empty.</param>
    /// <param name="server">The PostgreSQL, if not the one of all tests.</param>
    public static async Task<Replicas> StartAsync(Func<Platform, Task> prepare, LedgerPostgres? server, params IReadOnlyList<Setup> setups)
    {
        var postgres = await (server?.NewDatabaseAsync() ?? LedgerEngine.NewPostgresAsync());
        var all = new Replicas(postgres, Directory.CreateTempSubdirectory("neuro-cluster-").FullName);
        try
        {
            await using (var first = await Platform.StartAsync(Options(all.Postgres, all.Shared, Path.Combine(all.Folder, "first")), TestContext.Current.CancellationToken))
            {
                await prepare(first);
            }

            // Where one is behind a network of its own, all must be where it reaches them.
            var at = setups.Select(setup => setup.Space?.Outside).FirstOrDefault(outside => outside is not null) ?? IPAddress.Loopback;
            foreach (var setup in setups)
            {
                await all.AddAsync(setup, at);
            }

            EndPoint[] ends = [.. all.urls.Select(url => new IPEndPoint(IPAddress.Parse(url.Host), url.Port))];
            (all.Balancer, all.ForNodes) = (new(IPAddress.Loopback, all.IsReadyAsync, ends), new(IPAddress.Loopback, all.IsReadyAsync, ends));
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

    /// <summary>Which of them matches orders; -1 when none of them does.</summary>
    public async Task<int> OwnerAsync(Database database)
    {
        await using var db = database.CreateDbContext();
        var url = await db.Leases.Where(row => row.Name == Backend.Exchange.Exchange.Lease).Select(row => row.Url).SingleAsync(TestContext.Current.CancellationToken);
        return urls.FindIndex(known => known.Authority == new Uri(url).Authority);
    }

    /// <summary>The last that each replica wrote to its log of errors.</summary>
    public string LastErrors() => string.Join('\n', Directory.GetFiles(Folder, "errors-*.log", SearchOption.AllDirectories).SelectMany(file => File.ReadLines(file).Where(line => !line.StartsWith("   at")).TakeLast(15).Prepend(file)));

    /// <summary>Keys of the house and of the crowd, which all replicas share.</summary>
    public string Key(string file) => File.ReadAllText(Path.Combine(Shared, "keys", file)).Trim();

    /// <summary>A customer behind the balancer, who tries again as clients do.</summary>
    public Task<NeuroClient> ConnectAsync(string key) => NeuroClient.ConnectAsync(Balancer.Url.ToString(), key, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        foreach (var wire in toDatabase.Concat([Balancer, ForNodes]).Where(wire => wire is not null))
        {
            await wire.DisposeAsync();
        }

        health.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync(int replica, CancellationToken cancel)
    {
        using var reply = await health.GetAsync(new Uri(urls[replica], "health/ready"), cancel);
        return reply.IsSuccessStatusCode;
    }

    private async Task AddAsync(Setup setup, IPAddress at)
    {
        var way = new NpgsqlConnectionStringBuilder(Postgres);
        var wire = new Wire(at, new UnixDomainSocketEndPoint(Path.Combine(way.Host!, ".s.PGSQL.5432")));
        toDatabase.Add(wire);
        (way.Host, way.Port, way.SslMode) = (wire.Here.Address.ToString(), wire.Here.Port, SslMode.Disable);
        var process = CrashChild.Start(
            new Dictionary<string, string>(), setup.Space?.Enter ?? [],
            CrashChild.ReplicaVerb, way.ConnectionString, Shared, Path.Combine(Folder, $"replica-{processes.Count}"), setup.Contract.ToString(CultureInfo.InvariantCulture),
            setup.MinutesAhead.ToString(CultureInfo.InvariantCulture), $"http://{setup.Space?.Inside ?? at}:0");
        processes.Add(process);
        urls.Add(new(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("The replica ended before it was up.")));
    }

    private void Send(int replica, int signal) => Signal(processes[replica].Id, signal).ShouldBe(0);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);

    private sealed class WrongClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
