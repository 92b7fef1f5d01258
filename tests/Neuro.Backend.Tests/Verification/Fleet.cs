using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Cluster;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Market;
using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;
using Neuro.Backend.Tests.Ledger;
using Neuro.Backend.Verification;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Verification;

/// <summary>Customers, owners and nodes over the parts that check and pay, without HTTP: a test says who delivers what, right or wrong, and the real verifier does the rest.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>CU of a shard; a CU costs an NTK.</summary>
    public const int CuPerShard = 2;
    public static readonly Guid Customer = DerivedId.Of("test/customer");
    private const int FeeBasisPoints = 1000;
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-fleet-").FullName;
    private readonly Random random;
    private readonly ServiceProvider parts;
    private int named;

    private Fleet(int seed, string? postgres)
    {
        random = new(seed);
        Clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Database = postgres is null ? Database.Sqlite(Path.Combine(folder, "neuro.db"), durable: false) : Database.Postgres(postgres);
        var options = new PlatformOptions { DataFolder = folder, Workloads = [new HashWork(), new TrainWork()], Time = Clock };
        var services = new ServiceCollection().AddLogging().AddSingleton(options).AddSingleton<TimeProvider>(Clock).AddSingleton(Database).AddSingleton(PlatformKeys.Load(folder));
        services.AddSingleton(new Backend.Ledger.Ledger(Database, Clock)).AddSingleton<AccountDirectory>().AddSingleton<Tokens>().AddSingleton<NodeRegistry>().AddSingleton<Stakes>();
        services.AddSingleton(new ArtifactFiles(Database, Stores.Open(options), null, Clock)).AddSingleton<Workloads>().AddSingleton<Signals>().AddSingleton<JobLog>().AddSingleton<Products>();
        services.AddSingleton<Settlement>().AddSingleton<HeldLeases>().AddSingleton<JobCloser>().AddSingleton(new Leases(Database, Clock)).AddSingleton<Copies>().AddSingleton<Examiner>().AddSingleton<Conviction>().AddSingleton<Recheck>();
        parts = services.AddSingleton<Overhead>().AddSingleton<Verifier>().AddSingleton<NodeRecords>().BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; }

    public Database Database { get; }

    public Backend.Ledger.Ledger Ledger => Of<Backend.Ledger.Ledger>();

    public Verifier Verifier => Of<Verifier>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="fees">What the platform has to pay copies with.</param>
    public static async Task<Fleet> StartAsync(int seed = 1, int fees = 10_000, string engine = "sqlite")
    {
        var fleet = new Fleet(seed, engine == "postgres" ? await LedgerEngine.NewPostgresAsync() : null);
        await fleet.Database.MigrateAsync(Cancel);
        await fleet.Ledger.OpenBooksAsync(Cancel);
        await fleet.Ledger.OpenAccountAsync(Customer, "customer", "customer", Cancel);
        await fleet.GiveAsync(Customer, 1_000_000);
        if (fees > 0)
        {
            await fleet.GiveAsync(SystemAccounts.Fees, fees);
        }

        return fleet;
    }

    public T Of<T>()
        where T : notnull => parts.GetRequiredService<T>();

    public async Task<Guid> OwnerAsync(string name)
    {
        var owner = DerivedId.Of($"test/owner/{name}");
        await Ledger.OpenAccountAsync(owner, "node", name, Cancel);
        return owner;
    }

    /// <param name="streak">Found right one after another so far.</param>
    public async Task<string> NodeAsync(string owner, int streak = 0)
    {
        var id = Ed25519.PublicKey(SHA256.HashData(Encoding.UTF8.GetBytes($"node {++named}")));
        await using var db = Database.CreateDbContext();
        db.Nodes.Add(new NodeRow
        {
            Id = id,
            Name = $"node {named} of {owner}",
            AccountId = await OwnerAsync(owner),
            FloorNano = Ntk.Of(1).Nano,
            Pool = "test",
            Device = "test",
            Cores = 1,
            RenderCuPerSecond = 10,
            TrainCuPerSecond = 10,
            Streak = streak,
            LastSeen = Clock.GetUtcNow(),
        });
        await db.SaveChangesAsync(Cancel);
        await Of<NodeRegistry>().KnowsAsync(id, Cancel);
        return id;
    }

    public async Task<JobRow> JobAsync(int shards, string kind = RenderSpec.KindName)
    {
        var price = Ntk.Of(1);
        var (pay, fee) = Pricing.Shard(new(CuPerShard * 1000), price, FeeBasisPoints);
        var job = new JobRow
        {
            Id = DerivedId.Of($"test/job/{++named}"),
            AccountId = Customer,
            QuoteId = Guid.NewGuid(),
            Kind = kind,
            Title = $"{shards} shards",
            Name = "hashes",
            RecipeHash = new string('a', 64),
            Spec = JsonSerializer.Serialize<JobSpec>(kind == RenderSpec.KindName ? new RenderSpec(new JsonObject(), 7, shards) : new TrainSpec(Guid.NewGuid(), new JsonObject(), 1, 7), NeuroJson.Options),
            State = (int)JobPhase.Running,
            Shards = shards,
            WorkMilli = (long)shards * CuPerShard * 1000,
            PriceNano = price.Nano,
            CapPriceNano = price.Nano * 2,
            FeeBasisPoints = FeeBasisPoints,
            CapNano = (pay + fee).Nano * shards * 2,
            CreatedAt = Clock.GetUtcNow(),
        };
        (await Ledger.SubmitAsync(TransferRequest.Hold(OrderDesk.HoldOf(job.Id), Customer, null, new(job.CapNano), null, "held"), Cancel)).ThrowIfRefused("the hold");
        await using var db = Database.CreateDbContext();
        db.Jobs.Add(job);
        db.Shards.AddRange(Enumerable.Range(0, shards).Select(number => new ShardRow { Id = DerivedId.Of("shard", job.Id, number), JobId = job.Id, Number = number, First = number, Count = 1, WorkMilli = CuPerShard * 1000 }));
        await db.SaveChangesAsync(Cancel);
        return job;
    }

    /// <summary>The next shard for a node, as a job board gives it: copies first, and none that checks its own owner.</summary>
    public async Task<ShardRow?> ClaimAsync(string node)
    {
        await using var db = Database.CreateDbContext();
        var me = await db.Nodes.AsNoTracking().SingleAsync(row => row.Id == node, Cancel);
        if (me.BarredAt is not null)
        {
            return null;
        }

        Of<NodeRegistry>().Beat(node);
        var open = from one in db.Shards
                   join job in db.Jobs on one.JobId equals job.Id
                   where job.State == (int)JobPhase.Running && one.State == (int)ShardState.Open && one.Failures == 0
                   orderby job.CreatedAt, one.Number
                   select one;
        var copies = open.Where(one => one.Copy > 0 && (one.NodeId == node || (one.NodeId == null && db.Shards.Any(first => first.JobId == one.JobId && first.Number == one.Number && first.Copy == 0
            && db.Nodes.Any(other => other.Id == first.NodeId && other.AccountId != me.AccountId)))));
        var shard = await copies.FirstOrDefaultAsync(Cancel) ?? await open.Where(one => one.Copy == 0).FirstOrDefaultAsync(Cancel);
        if (shard is null)
        {
            return null;
        }

        var (pay, fee) = Pricing.Shard(new(shard.WorkMilli), Ntk.Of(1), FeeBasisPoints);
        (shard.State, shard.NodeId, shard.LeasedAt, shard.LeaseExpires, shard.PayNano, shard.FeeNano) = ((int)ShardState.Leased, node, Clock.GetUtcNow(), Clock.GetUtcNow().AddSeconds(30), pay.Nano, fee.Nano);
        shard.Attempt++;
        await db.SaveChangesAsync(Cancel);
        return shard;
    }

    /// <param name="what">0 for what was ordered; any other number is another result. Negative: nothing that can be read.</param>
    /// <param name="seed">Chooses whether it is checked; null to leave it to chance.</param>
    public async Task DeliverAsync(ShardRow shard, int what = 0, long? seed = null)
    {
        var output = HashWork.Output(shard.First, what);
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = Database.CreateDbContext();
        await db.Database.ExecuteSqlAsync($"INSERT INTO artifacts (sha256, bytes, media_type, created_at) VALUES ({output.Sha256}, 1, 'x', {now}) ON CONFLICT (sha256) DO NOTHING", Cancel);
        var (outputs, drawn, at) = (JsonSerializer.Serialize<List<ArtifactRef>>([output], NeuroJson.Options), seed ?? random.NextInt64(), Clock.GetUtcNow());
        await db.Shards.Where(row => row.Id == shard.Id && row.State == (int)ShardState.Leased && row.Attempt == shard.Attempt).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.State, (int)ShardState.Delivered).SetProperty(row => row.Outputs, outputs).SetProperty(row => row.Claims, "{}").SetProperty(row => row.NodeSignature, "signed")
            .SetProperty(row => row.SampleSeed, drawn).SetProperty(row => row.DeliveredAt, at).SetProperty(row => row.LeaseExpires, (DateTimeOffset?)null).SetProperty(row => row.CheckedUntil, (DateTimeOffset?)null), Cancel);
        Clock.Advance(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>Gives each node a shard in turn, as <see cref="ClaimAsync"/>, and delivers it, all at once; how many there were.</summary>
    /// <param name="what">What a node makes of its shard; see <see cref="DeliverAsync"/>.</param>
    public async Task<int> RoundAsync(IReadOnlyList<string> workers, Func<string, int> what)
    {
        await using var db = Database.CreateDbContext();
        var running = db.Shards.Where(one => db.Jobs.Any(job => job.Id == one.JobId && job.State == (int)JobPhase.Running));
        var nodes = await db.Nodes.AsNoTracking().ToDictionaryAsync(row => row.Id, Cancel);
        var copies = await running.Where(one => one.Copy > 0 && one.State == (int)ShardState.Open && one.Failures == 0).ToListAsync(Cancel);
        var originals = (await db.Shards.AsNoTracking().Where(one => one.Copy == 0 && db.Shards.Any(copy => copy.Copy > 0 && copy.State == (int)ShardState.Open && copy.JobId == one.JobId && copy.Number == one.Number))
            .ToListAsync(Cancel)).ToDictionary(one => (one.JobId, one.Number));
        var open = new Queue<ShardRow>(await running.Where(one => one.Copy == 0 && one.State == (int)ShardState.Open).OrderBy(one => one.Number).Take(workers.Count).ToListAsync(Cancel));
        var done = 0;
        foreach (var node in workers.Where(node => nodes[node].BarredAt is null))
        {
            Of<NodeRegistry>().Beat(node);
            var copy = copies.Find(one => one.State == (int)ShardState.Open && (one.NodeId is { } only ? only == node : nodes[originals[(one.JobId, one.Number)].NodeId!].AccountId != nodes[node].AccountId));
            if ((copy ?? (open.TryDequeue(out var next) ? next : null)) is not { } shard)
            {
                continue;
            }

            done++;
            var (pay, fee) = Pricing.Shard(new(shard.WorkMilli), Ntk.Of(1), FeeBasisPoints);
            var output = HashWork.Output(shard.First, what(node));
            if (!db.Artifacts.Local.Any(row => row.Sha256 == output.Sha256) && !await db.Artifacts.AnyAsync(row => row.Sha256 == output.Sha256, Cancel))
            {
                db.Artifacts.Add(new ArtifactRow { Sha256 = output.Sha256, Bytes = 1, MediaType = "x", CreatedAt = Clock.GetUtcNow() });
            }

            Clock.Advance(TimeSpan.FromMilliseconds(10));
            (shard.State, shard.NodeId, shard.Attempt, shard.PayNano, shard.FeeNano) = ((int)ShardState.Delivered, node, shard.Attempt + 1, pay.Nano, fee.Nano);
            (shard.Outputs, shard.Claims, shard.NodeSignature, shard.SampleSeed) = (JsonSerializer.Serialize<List<ArtifactRef>>([output], NeuroJson.Options), "{}", "signed", random.NextInt64());
            (shard.LeasedAt, shard.DeliveredAt, shard.CheckedUntil) = (Clock.GetUtcNow(), Clock.GetUtcNow(), null);
        }

        await db.SaveChangesAsync(Cancel);
        return done;
    }

    /// <summary>A seed by which a node of this streak is checked, or not, and which brings no canary unless it is asked for.</summary>
    public static long Seed(int streak, bool isChecked, bool canary = false) => Enumerable.Range(0, int.MaxValue).Select(seed => (long)seed).First(seed => Trust.IsChecked(seed, streak) == isChecked && Trust.BringsCanary(seed) == canary);

    public static bool IsRight(ShardRow shard) => shard.Outputs!.Contains(HashWork.Output(shard.First, 0).Sha256);

    /// <summary>Checks everything that waits, until nothing changes.</summary>
    public async Task CheckAsync()
    {
        (await Verifier.CheckAllAsync(Cancel)).ShouldBe(0);
        while (await Verifier.LookAgainAsync(Cancel))
        {
        }
    }

    public async Task<ShardRow> ShardAsync(Guid id)
    {
        await using var db = Database.CreateDbContext();
        return await db.Shards.AsNoTracking().SingleAsync(row => row.Id == id, Cancel);
    }

    public async Task<NodeRow> NodeRowAsync(string id)
    {
        await using var db = Database.CreateDbContext();
        return await db.Nodes.AsNoTracking().SingleAsync(row => row.Id == id, Cancel);
    }

    public async Task<Ntk> BalanceAsync(Guid account)
    {
        await using var db = Database.CreateDbContext();
        return new(await db.Accounts.Where(row => row.Id == account).Select(row => row.CreditsPosted - row.DebitsPosted).SingleOrDefaultAsync(Cancel));
    }

    /// <summary>What the customer has, held or not.</summary>
    public Task<Ntk> CustomerAsync() => BalanceAsync(Customer);

    public async Task ProveAsync() => (await Ledger.ProofAsync(Cancel)).Faults.ShouldBeEmpty();

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await parts.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task GiveAsync(Guid account, int ntk) =>
        (await Ledger.SubmitAsync(TransferRequest.Transfer(Guid.NewGuid(), SystemAccounts.Treasury, account, Ntk.Of(ntk), "given"), Cancel)).ThrowIfRefused("the gift");

    /// <summary>Work whose result is its name: an output's hash says whether it is what was ordered.</summary>
    private sealed class HashWork : IRepeatableWorkload
    {
        public string Kind => RenderSpec.KindName;

        public static ArtifactRef Output(int first, int what) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{first}/{what}"))), 1, what < 0 ? "rubbish" : "made", "x");

        public Task<WorkPlan> PlanAsync(JobSpec spec, IPlanContext context, CancellationToken cancel) => throw new NotSupportedException("Jobs are written down whole here.");

        public Task<ShardVerdict> VerifyAsync(VerifyRequest request, CancellationToken cancel)
        {
            var right = request.Outputs[0].Sha256 == Output(request.Shard.First, 0).Sha256;
            return Task.FromResult(new ShardVerdict(right, right ? "made again and equal" : "not what it is when it is made again.") { Redone = 1, Contradicted = !right && request.Outputs[0].Name == "made" });
        }

        public Task<Comparison> CompareAsync(VerifyRequest request, IReadOnlyList<ArtifactRef> again, CancellationToken cancel) => Task.FromResult(
            request.Outputs[0].Sha256 == again[0].Sha256 ? new Comparison(true, "all of it") : new Comparison(false, $"image {request.Shard.First}", request.Shard.First));
    }
}
