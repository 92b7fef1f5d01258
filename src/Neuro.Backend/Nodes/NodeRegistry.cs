using System.Collections.Concurrent;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Market;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Nodes;

/// <summary>A node that joined, as the market and the job board need it. When it was last heard of is kept here and written now and then.</summary>
internal sealed record KnownNode(string Id, string Name, Guid AccountId, Ntk Floor, Capacity Capacity)
{
    public Ntk StartCost { get; init; }

    public TimeSpan StartTime { get; init; }

    /// <summary>The probability that a shard it leases is delivered and verified.</summary>
    public required double Reliability { get; init; }

    /// <summary>Why it gets no work: what it was caught at; null when it gets some.</summary>
    public string? Barred { get; init; }

    /// <summary>What it asks in an auction of a kind of work.</summary>
    public Offer Offer(string kind) => new(Id, Name, Capacity.Pool, Floor, Capacity.CuPerSecond(kind)) { Reliability = Reliability, StartCost = StartCost, StartTime = StartTime };

    /// <summary>The least it takes per verified CU.</summary>
    public Ntk EffectiveFloor => AuctionLot.EffectiveFloor(Floor, Reliability);

    /// <exception cref="NeuroException"><c>node.barred</c> (403).</exception>
    public void ThrowIfBarred()
    {
        if (Barred is { } reason)
        {
            throw new NeuroException("node.barred", $"Node {Name} gets no work: it was caught cheating ({reason.TrimEnd('.')}). Ask an operator of the platform to readmit it; it begins as a newcomer.") { Status = 403 };
        }
    }
}

/// <summary>The nodes: who they are, what they can do and when they were last heard of.</summary>
internal sealed class NodeRegistry(Database database, AccountDirectory accounts, Tokens tokens, TimeProvider time)
{
    /// <summary>A node not heard of for this long is away: it takes no part in auctions.</summary>
    public static readonly TimeSpan AwayAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TokenTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan ChallengeTime = TimeSpan.FromMinutes(2);
    private static readonly Right Owning = new(Scopes.Publish, Roles.NodeOwner);
    private static readonly TimeSpan BenchmarkTime = TimeSpan.FromDays(8);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);
    private const double FastestCuPerSecond = 1e6;
    private const int MostBeats = 10_000;

    // What another replica wrote may become readable a little after its time.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);
    private const double FastestMegabytes = 1e9;
    private const long Day = 86_400_000;

    private readonly ConcurrentDictionary<string, KnownNode> nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> lastSeen = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, bool> unwritten = new(StringComparer.Ordinal);
    private DateTimeOffset readUntil = DateTimeOffset.UnixEpoch;
    private int changes;

    /// <summary>Rises when a node joins, comes back or asks for another floor.</summary>
    public int Changes => Volatile.Read(ref changes);

    public Task LoadAsync(CancellationToken cancel) => ReadAsync(readUntil, cancel);

    /// <summary>Whether a node has joined, here or at another replica.</summary>
    public async Task<bool> KnowsAsync(string id, CancellationToken cancel)
    {
        if (nodes.ContainsKey(id))
        {
            return true;
        }

        await using var db = database.CreateDbContext();
        if (await db.Nodes.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
        {
            return false;
        }

        Take(row);
        return true;
    }

    /// <summary>Reads a node's record again, after something was added to it.</summary>
    public async Task RefreshAsync(string id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        nodes[id] = Known(await db.Nodes.AsNoTracking().SingleAsync(row => row.Id == id, cancel));
    }

    /// <summary>Another floor, for quotes from now on.</summary>
    public async Task ChangeFloorAsync(string id, FloorChange change, CancellationToken cancel)
    {
        Check(change.Floor);
        Beat(id);
        await using var db = database.CreateDbContext();
        await db.Nodes.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.FloorNano, change.Floor.Nano), cancel);
        await RefreshAsync(id, cancel);
        Interlocked.Increment(ref changes);
    }

    /// <summary>A node that has spoken to this replica.</summary>
    public KnownNode Get(string id) => nodes[id];

    /// <summary>A node that has joined anywhere.</summary>
    public async Task<KnownNode> GetAsync(string id, CancellationToken cancel) =>
        await KnowsAsync(id, cancel) ? nodes[id] : throw new InvalidOperationException($"There is no node {id}.");

    /// <summary>Takes note that a node was heard of.</summary>
    public void Beat(string id)
    {
        if (!IsLive(id))
        {
            Interlocked.Increment(ref changes);
        }

        lastSeen[id] = time.GetUtcNow();
        unwritten[id] = true;
    }

    /// <summary>When a node was last heard of, here or as others wrote it down.</summary>
    public DateTimeOffset LastSeen(string id, DateTimeOffset written) => lastSeen.GetValueOrDefault(id, written);

    /// <summary>What people are told of a node: away (not heard of for a minute), working or ready.</summary>
    public string State(string id, bool isBusy) => !IsLive(id) ? "away" : isBusy ? "working" : "ready";

    public bool IsLive(string id) => time.GetUtcNow() - lastSeen.GetValueOrDefault(id) < AwayAfter;

    /// <summary>A node is away from now until it is heard of again.</summary>
    public void Leave(string id) => lastSeen[id] = time.GetUtcNow() - AwayAfter;

    /// <summary>The live nodes that can do a kind of work, and may.</summary>
    public IReadOnlyList<KnownNode> Live(string kind) => [.. nodes.Values.Where(node => IsLive(node.Id) && node.Barred is null && node.Capacity.CuPerSecond(kind) > 0)];

    /// <remarks>Anyone may ask for one, so it is signed and not remembered: a stranger's asking must not keep a node from joining.</remarks>
    public Challenge Challenge() => new(tokens.Challenge(time.GetUtcNow() + ChallengeTime));

    /// <summary>Takes a node in, or renews its token.</summary>
    public async Task<JoinReply> JoinAsync(JoinRequest request, CancellationToken cancel)
    {
        Check(request);
        var until = tokens.ReadChallenge(request.Nonce) ?? throw ChallengeUnknown();
        if (!Ed25519.Verify(request.PublicKey, Encoding.UTF8.GetBytes($"neuro join 1\n{request.Nonce}\n"), request.Signature))
        {
            throw new NeuroException("node.bad_signature", "The signature is not that of this public key over the challenge. Sign 'neuro join 1\\n{nonce}\\n' with the node's ed25519 key.") { Status = 401 };
        }

        CheckBenchmark(request);
        if (await KnowsAsync(request.PublicKey, cancel))
        {
            // Another replica may have caught it.
            await RefreshAsync(request.PublicKey, cancel);
            nodes[request.PublicKey].ThrowIfBarred();
        }

        var owner = await OwnerAsync(request, cancel);
        await UseAsync(request.Nonce, until, cancel);
        KnownNode node;
        try
        {
            node = await SaveAsync(request, owner, cancel);
        }
        catch (DbUpdateException)
        {
            // It joins for the first time, twice at once: by now the other one is through.
            node = await SaveAsync(request, owner, cancel);
        }

        nodes[node.Id] = node;
        Interlocked.Increment(ref changes);
        Beat(node.Id);
        var expires = time.GetUtcNow() + TokenTime;
        return new(node.Id, tokens.Node(node.Id, expires), expires);
    }

    /// <summary>All nodes as everybody sees them.</summary>
    /// <param name="viewer">Sees the floors of its own nodes.</param>
    /// <param name="seesAll">Sees the floors of all.</param>
    public async Task<IReadOnlyList<NodeView>> ViewAsync(Guid viewer, bool seesAll, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var busy = await db.Shards.Where(shard => shard.State == (int)ShardState.Leased && shard.NodeId != null).Select(shard => shard.NodeId!).Distinct().ToListAsync(cancel);
        var rows = await db.Nodes.AsNoTracking().OrderBy(row => row.Name).ThenBy(row => row.Id).ToListAsync(cancel);
        return rows.ConvertAll(row => new NodeView(
            row.Id, row.Name, Known(row).Capacity, seesAll || row.AccountId == viewer ? new Ntk(row.FloorNano) : null, State(row.Id, busy.Contains(row.Id)),
            row.ShardsDone, row.ShardsRejected, new(row.EarnedNano), lastSeen.GetValueOrDefault(row.Id, row.LastSeen))
        {
            Streak = Math.Max(0, row.Streak),
            Barred = row.BarredAt is not null,
        });
    }

    /// <summary>What the nodes of an account were paid for what they delivered today and on the days before, the newest day first.</summary>
    public async Task<IReadOnlyList<NodeEarnings>> EarningsAsync(Guid account, int days, CancellationToken cancel)
    {
        var mine = nodes.Values.Where(node => node.AccountId == account).ToDictionary(node => node.Id, node => node.Name, StringComparer.Ordinal);
        var since = ((time.GetUtcNow().ToUnixTimeMilliseconds() / Day) - days + 1) * Day;
        var paid = (int)ShardState.Verified;
        await using var db = database.CreateDbContext();
        var rows = await db.Database.SqlQuery<DayRow>($"""
            SELECT shards.node_id AS "NodeId", shards.delivered_at / {Day} AS "Day", COUNT(*) AS "Shards", CAST(SUM(shards.pay_nano) AS BIGINT) AS "PayNano"
            FROM shards JOIN nodes ON nodes.id = shards.node_id
            WHERE nodes.account_id = {account} AND shards.state = {paid} AND shards.delivered_at >= {since}
            GROUP BY 1, 2
            """).ToListAsync(cancel);
        return
        [
            .. rows.OrderByDescending(row => row.Day).ThenBy(row => row.NodeId, StringComparer.Ordinal)
                .Select(row => new NodeEarnings(row.NodeId, mine.GetValueOrDefault(row.NodeId, ""), DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(row.Day * Day).UtcDateTime), row.Shards, new(row.PayNano))),
        ];
    }

    /// <summary>Writes down which nodes were heard of since the last time, and reads what other replicas heard.</summary>
    public async Task ShareAsync(CancellationToken cancel)
    {
        var heard = Interlocked.Exchange(ref unwritten, new(StringComparer.Ordinal));
        var now = time.GetUtcNow();
        await using (var db = database.CreateDbContext())
        {
            foreach (var some in heard.Keys.Chunk(MostBeats))
            {
                await db.Nodes.Where(row => some.Contains(row.Id)).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastSeen, now), cancel);
            }
        }

        if (database.IsPostgres)
        {
            await ReadAsync(readUntil - Overlap, cancel);
            readUntil = now;
        }
    }

    /// <summary>Drops challenges that would be refused for their age anyway.</summary>
    public async Task ForgetChallengesAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await using var db = database.CreateDbContext();
        await db.UsedChallenges.Where(row => row.Until < now).ExecuteDeleteAsync(cancel);
    }

    private async Task ReadAsync(DateTimeOffset since, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        await foreach (var row in db.Nodes.AsNoTracking().Where(row => row.LastSeen > since).AsAsyncEnumerable().WithCancellation(cancel))
        {
            Take(row);
        }
    }

    private void Take(NodeRow row)
    {
        nodes[row.Id] = Known(row);
        Interlocked.Increment(ref changes);
        lastSeen.AddOrUpdate(row.Id, row.LastSeen, (_, seen) => seen > row.LastSeen ? seen : row.LastSeen);
    }

    // Only those of nodes with an owner come so far.
    private async Task UseAsync(string nonce, DateTimeOffset until, CancellationToken cancel)
    {
        var expires = until.ToUnixTimeMilliseconds();
        await using var db = database.CreateDbContext();
        if (await db.Database.ExecuteSqlAsync($"INSERT INTO used_challenges (nonce, until) VALUES ({nonce}, {expires}) ON CONFLICT (nonce) DO NOTHING", cancel) == 0)
        {
            throw ChallengeUnknown();
        }
    }

    private static NeuroException ChallengeUnknown() =>
        new("node.challenge_unknown", "The challenge was signed before, or more than two minutes ago. Ask for a new one.") { Status = 401 };

    private static KnownNode Known(NodeRow row) => new(
        row.Id, row.Name, row.AccountId, new(row.FloorNano), new(row.Pool, row.Device, row.Cores, row.MemoryBytes, row.RenderCuPerSecond, row.TrainCuPerSecond))
    {
        StartCost = new(row.StartCostNano),
        StartTime = TimeSpan.FromMilliseconds(row.StartMilliseconds),
        Reliability = TrackRecord.Reliability(row.ShardsDone, row.ShardsRejected + row.ShardsLost),
        Barred = row.BarredAt is null ? null : row.BarredFor ?? "",
    };

    // A shard for nothing could not be paid: no transfer moves zero.
    private static void Check(Ntk floor) => Input.Range(floor.Nano, "floor in nano NTK per CU", 1, Ntk.Of(1_000_000).Nano);

    private static void Check(JoinRequest request)
    {
        // Base64 readers skip white space; a key has one spelling, or it would be many nodes.
        Input.Text(request.PublicKey, "publicKey", 44, 44);
        Input.NotNull(request.Nonce, "nonce");
        Input.NotNull(request.Signature, "signature");
        var capacity = Input.NotNull(request.Capacity, "capacity");
        Input.Text(request.Name, "name", 1, 100);
        Input.Text(capacity.Pool, "capacity.pool", 1, 50);
        Input.Text(capacity.Device, "capacity.device", 1, 200);
        Input.Range(capacity.Cores, "capacity.cores", 1, 100_000);
        Input.Range(capacity.MemoryBytes, "capacity.memoryBytes", 0, long.MaxValue);
        Input.Range(capacity.RenderCuPerSecond, "capacity.renderCuPerSecond", 0, FastestCuPerSecond);
        Input.Range(capacity.TrainCuPerSecond, "capacity.trainCuPerSecond", 0, FastestCuPerSecond);
        Check(request.Floor);
        Input.Range(request.StartCost.Nano, "startCost in nano NTK", 0, Ntk.Of(1_000_000).Nano);
        Input.Range(request.StartTime, "startTime", TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    // A node need not send one; one that it sends must be its own, and of the capacity that it claims.
    private void CheckBenchmark(JoinRequest request)
    {
        if (request.Benchmark is not { } benchmark)
        {
            return;
        }

        Input.Text(benchmark.Build, "benchmark.build", 1, 100);
        Input.Text(benchmark.Signature, "benchmark.signature", 1, 100);
        Input.NotNull(benchmark.Capacity, "benchmark.capacity");
        foreach (var (name, speed) in new[] { ("diskWrite", benchmark.DiskWrite), ("diskRead", benchmark.DiskRead), ("upload", benchmark.Upload ?? 0), ("download", benchmark.Download ?? 0) })
        {
            Input.Range(speed, $"benchmark.{name}", 0, FastestMegabytes);
        }

        if (benchmark.Capacity != request.Capacity)
        {
            throw new NeuroException("node.benchmark_differs", "The capacity is not the one in the benchmark. Send what was measured, or no benchmark.");
        }

        if (!benchmark.Verify(request.PublicKey))
        {
            throw new NeuroException("node.benchmark_forged", "The benchmark is not signed by this node. Measure again with `neuro node benchmark`.");
        }

        var age = time.GetUtcNow() - benchmark.At;
        if (age > BenchmarkTime || age < -ClockSkew)
        {
            throw new NeuroException(
                "node.benchmark_stale", $"The benchmark is of {benchmark.At:yyyy-MM-dd HH:mm} UTC; expected one of the last {BenchmarkTime.TotalDays:0} days. Measure again with `neuro node benchmark`, and see that the clock is right.");
        }
    }

    private async Task<Guid> OwnerAsync(JoinRequest request, CancellationToken cancel)
    {
        if (request.Owner is { } key)
        {
            var owner = await accounts.FindAsync(key, cancel)
                ?? throw new NeuroException("node.owner_unknown", "The owner's API key is not known here. Give the key of the account that shall earn.") { Status = 401 };
            Owning.Check(owner.Roles, owner.Scopes);
            return owner.Account;
        }

        return nodes.TryGetValue(request.PublicKey, out var known)
            ? known.AccountId
            : throw new NeuroException("node.owner_missing", "This node joins for the first time: give the API key of the account that shall earn as its owner.");
    }

    private async Task<KnownNode> SaveAsync(JoinRequest request, Guid owner, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var row = await db.Nodes.FindAsync([request.PublicKey], cancel);
        if (row is null)
        {
            db.Nodes.Add(row = new NodeRow { Id = request.PublicKey });
        }

        (row.Name, row.AccountId, row.FloorNano, row.LastSeen) = (Words.Clip(request.Name, 100), owner, request.Floor.Nano, time.GetUtcNow());
        (row.Pool, row.Device, row.Cores, row.MemoryBytes) = (request.Capacity.Pool, request.Capacity.Device, request.Capacity.Cores, request.Capacity.MemoryBytes);
        (row.RenderCuPerSecond, row.TrainCuPerSecond) = (request.Capacity.RenderCuPerSecond, request.Capacity.TrainCuPerSecond);
        (row.StartCostNano, row.StartMilliseconds) = (request.StartCost.Nano, (long)request.StartTime.TotalMilliseconds);
        await db.SaveChangesAsync(cancel);
        return Known(row);
    }

    private sealed record DayRow(string NodeId, long Day, int Shards, long PayNano);
}
