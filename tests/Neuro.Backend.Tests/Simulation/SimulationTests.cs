using Neuro.Backend.Ledger;
using Neuro.Backend.Simulation;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Simulation;

public sealed class SimulationTests
{
    private const int Steps = 400;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Two that are new in every run; the name of the test says them, and so does its failure.</summary>
    public static TheoryData<ulong> RandomSeeds => [(ulong)Random.Shared.NextInt64(), (ulong)Random.Shared.NextInt64()];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Run_FixedSeed_KeepsEveryLawAndMeetsEveryMishap(ulong seed)
    {
        var report = await RunAsync(seed, Steps);
        report.Crashes.ShouldBeGreaterThan(0);
        report.Refused.ShouldBeGreaterThan(0);
        report.Trades.ShouldBeGreaterThan(100);
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "simulator.md")).ShouldContain($"`{report}`");
    }

    [Theory]
    [MemberData(nameof(RandomSeeds), DisableDiscoveryEnumeration = true)]
    public async Task Run_RandomSeed_KeepsEveryLaw(ulong seed)
    {
        TestContext.Current.SendDiagnosticMessage($"neuro simulate --seed {seed} --steps {Steps}");
        (await RunAsync(seed, Steps)).Transfers.ShouldBeGreaterThan(Steps);
    }

    [Fact]
    public async Task Run_SameSeed_IsTheSameRun_AndAShorterOneItsBeginning()
    {
        var report = await RunAsync(11, 120);
        (await RunAsync(11, 120)).ShouldBe(report);
        (await RunAsync(11, 100)).Orders.ShouldBeLessThan(report.Orders);
        (await RunAsync(12, 120)).ShouldNotBe(report with { Seed = 12 });
        report.ToString().ShouldStartWith("simulate seed=11 steps=120 orders=");
        report.ToString().ShouldEndWith(" ok");
    }

    [Fact]
    public async Task Run_NoSteps_IsRefused() => (await Should.ThrowAsync<NeuroException>(() => RunAsync(1, 0))).Code.ShouldBe("request.out_of_range");

    public static TheoryData<string, string> Tamperings => new()
    {
        { "UPDATE accounts SET credits_posted = credits_posted + 1 WHERE kind = 'fees' AND asset = 'NTK'", "the sum of all accounts of NTK" },
        { "UPDATE accounts SET credits_posted = credits_posted + CASE name WHEN 'fees' THEN 1 ELSE -1 END WHERE name IN ('fees', 'treasury')", "account" },
        { "UPDATE holds SET remaining = remaining - 1 WHERE id = (SELECT id FROM holds WHERE remaining > 1 ORDER BY id LIMIT 1)", "set aside" },
        { "DELETE FROM transfers WHERE sequence = (SELECT max(sequence) - 5 FROM transfers)", "the ledger's proof" },
        { "UPDATE trades SET fee_nano = fee_nano + 1 WHERE sequence = (SELECT max(sequence) FROM trades)", "trade" },
        { "INSERT INTO trades SELECT NULL, asset, maker, taker, side, price, quantity, fee_nano, at FROM trades ORDER BY sequence LIMIT 1", "trade" },
        { "UPDATE book_orders SET filled = filled + 1 WHERE id = (SELECT id FROM book_orders WHERE state = 1 AND quantity > filled + 1 ORDER BY sequence LIMIT 1)", "open orders" },
        { "UPDATE book_orders SET state = 1 WHERE id = (SELECT id FROM book_orders WHERE state = 3 ORDER BY sequence DESC LIMIT 1)", "" },
        { "UPDATE book_orders SET sequence = sequence + 1000000 WHERE id = (SELECT id FROM book_orders WHERE state = 1 ORDER BY sequence LIMIT 1)", "open orders" },
        { "UPDATE book_orders SET quantity = quantity + 1 WHERE id = (SELECT id FROM book_orders WHERE state = 2 ORDER BY sequence LIMIT 1)", "order" },
    };

    [Theory]
    [MemberData(nameof(Tamperings))]
    public async Task Run_DatabaseTamperedWith_IsFoundAtOnceOrByTheProof(string sql, string law)
    {
        const int tampered = 90;
        var found = await FailAsync(21, new() { AfterStep = (world, step) => step == tampered ? world.ExecuteAsync(sql) : Task.CompletedTask });
        found.Step.ShouldBeInRange(tampered, tampered + 60);
        found.Message.ShouldContain(law);
    }

    [Fact]
    public async Task Run_OneFeeDropped_IsFound()
    {
        var found = await FailAsync(22, new() { Alter = linked => [.. linked.Where(request => request.Reference != "Fee")] });
        found.Message.ShouldContain($"repeat with: neuro simulate --seed 22 --steps {found.Step}");
        found.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task Run_UnverifiedShardPaid_IsFound()
    {
        var found = await FailAsync(23, new()
        {
            AfterStep = async (world, _) =>
            {
                var open = world.OpenJobs.Where(job => job.Deadline > world.Clock.Now && world.Mirror.Holds[job.Hold].Remaining > 0);
                if (open.SelectMany(job => job.Shards, (job, shard) => (job, shard)).FirstOrDefault(one => one.shard.Verified is null) is { job: not null } cheat)
                {
                    await world.Ledger.SubmitAsync(TransferRequest.Post(cheat.shard.PayId, cheat.job.Hold, Cast.Nodes[0], cheat.shard.Pay, "Shard"), Cancel);
                    world.Mirror.Apply([TransferRequest.Post(cheat.shard.PayId, cheat.job.Hold, Cast.Nodes[0], cheat.shard.Pay, "Shard")]);
                }
            },
        });
        found.Message.ShouldContain("for nothing that was verified");
    }

    [Fact]
    public async Task Run_VerifiedShardNotPaid_IsFound() =>
        (await FailAsync(24, new()
        {
            AfterStep = (world, _) =>
            {
                if (world.OpenJobs.SelectMany(job => job.Shards).FirstOrDefault(shard => shard.Verified is null) is { } shard)
                {
                    shard.Verified = Cast.Nodes[0];
                }

                return Task.CompletedTask;
            },
        })).Message.ShouldContain("what was verified");

    [Fact]
    public async Task Run_RequestMadeTwiceUnderTwoIds_IsFound() =>
        await FailAsync(25, new() { Alter = linked => linked[0].Kind == TransferKind.Transfer && linked.Count == 1 ? [linked[0], TransferRequest.Transfer(Guid.NewGuid(), linked[0].Debit, linked[0].Credit!.Value, new Ntk(1), "Once more")] : linked });

    private static Task<SimulationReport> RunAsync(ulong seed, int steps) => Backend.Simulation.Simulation.RunAsync(new(seed, steps), null, Cancel);

    private static async Task<SimulationException> FailAsync(ulong seed, Sabotage sabotage)
    {
        var found = await Should.ThrowAsync<SimulationException>(() => Backend.Simulation.Simulation.RunAsync(new(seed, 300), sabotage, null, Cancel));
        found.Seed.ShouldBe(seed);
        found.InnerException.ShouldBeOfType<LawBrokenException>();
        return found;
    }
}
