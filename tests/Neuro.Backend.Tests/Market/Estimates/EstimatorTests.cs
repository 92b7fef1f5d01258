using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Market.Estimates;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Tests.Market.Estimates;

public sealed class EstimatorTests
{
    // Of a node with 10 CU/s: a shard of 2 planned CU takes 6.
    private static readonly Usage Threefold = new(0.6, 300_000_000, 0);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quote_BeforeAnyHistory_EstimatesByTheFormulaAndSaysThatItsErrorIsAGuess()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync();
        var catalogue = await customer.Artifacts.UploadAsync(new byte[1000], "catalogue", cancel: Cancel);
        var spec = NumberWork.Spec(10);
        spec.Recipe["catalogue"] = catalogue.Sha256;
        await platform.NodeAsync("one", speed: 0.5, startTime: TimeSpan.FromSeconds(1));
        await platform.NodeAsync("two", speed: 0.5);

        var estimate = (await customer.QuoteAsync(spec, TimeSpan.FromSeconds(11), cancel: Cancel)).Estimate.ShouldNotBeNull();

        estimate.Work.ShouldBe(new Estimated(10, 5, 20, 0, Learned: false));
        estimate.Seconds.ShouldBe(new Estimated(11, 6, 21, 0, Learned: false)); // A second until the later one starts, then 1 CU/s.
        estimate.MemoryBytes.ShouldBe(new Estimated(NumberWork.Memory, NumberWork.Memory / 2, NumberWork.Memory * 2, 0, Learned: false));
        estimate.BytesIn.Value.ShouldBe(2000, 1e-6); // Each of two nodes fetches it once.
        estimate.BytesOut.Value.ShouldBe(650, 1e-6); // 65 bytes a number.
    }

    [Fact]
    public async Task Quote_AfterThirtyShards_EstimatesFromThemAndPaysByThePlanAllTheSame()
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 1000);
        var node = await platform.NodeAsync();
        for (var job = 0; job < 6; job++)
        {
            await DoAsync(customer, node, NumberWork.Spec(10), Threefold);
        }

        await platform.Platform.Services.GetRequiredService<Estimator>().LearnAsync(Cancel);
        var quote = await customer.QuoteAsync(NumberWork.Spec(10), cancel: Cancel);

        var estimate = quote.Estimate.ShouldNotBeNull();
        (estimate.Work.Shards, estimate.Work.Learned, estimate.Seconds.Learned).ShouldBe((30, true, true));
        estimate.Work.Value.ShouldBe(30, 1);
        estimate.Seconds.Value.ShouldBe(3, 0.1);
        estimate.MemoryBytes.Value.ShouldBe(300e6, 10e6);
        estimate.BytesOut.Value.ShouldBe(645, 10); // No line break behind the last number of a shard.
        (estimate.Work.Low <= estimate.Work.Value && estimate.Work.Value <= estimate.Work.High).ShouldBeTrue();

        // Three times the planned work is expected, over the cap; what is paid is the plan.
        (quote.Work, quote.Price, quote.Cap).ShouldBe((Cu.Of(10), Ntk(11), Ntk(13.75m)));
        var done = await DoAsync(customer, node, NumberWork.Spec(10), Threefold);
        (done.Paid, done.Cap).ShouldBe((Ntk(11), Ntk(13.75m)));
    }

    [Theory]
    [InlineData(1e9, 300_000_000, 0)] // Longer than the lease lasted.
    [InlineData(0, 300_000_000, 0)]
    [InlineData(0.6, 0, 0)]
    [InlineData(0.6, -1, 0)]
    [InlineData(0.6, long.MaxValue, 0)]
    [InlineData(0.6, 300_000_000, -1)]
    [InlineData(0.6, 300_000_000, 1)] // There is nothing to fetch.
    [InlineData(0.6, 300_000_000, long.MaxValue)]
    public async Task Usage_ThatCannotBeTrue_IsNotLearnedFromAndTheShardIsPaid(double seconds, long memory, long bytesIn)
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        (await DoAsync(customer, node, NumberWork.Spec(2), new(seconds, memory, bytesIn))).Paid.ShouldBe(Ntk(2.2m));
        (await DoAsync(customer, node, NumberWork.Spec(2), null)).Paid.ShouldBe(Ntk(2.2m));
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        (await db.Usage.CountAsync(Cancel)).ShouldBe(0);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public async Task Usage_SecondsThatAreNone_AreRefused(double seconds)
    {
        await using var platform = await TestPlatform.StartAsync();
        var customer = await platform.CustomerAsync(ntk: 100);
        var node = await platform.NodeAsync();
        await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
        var lease = await node.ClaimOneAsync();
        using var http = platform.Http(node.Token);
        var word = double.IsNaN(seconds) ? "1e999" : "-1";
        var body = $$$"""{"token":"{{{lease.Token}}}","signature":"x","outputs":[{"sha256":"{{{new string('0', 64)}}}","bytes":1,"name":"a","mediaType":"b"}],"usage":{"seconds":{{{word}}},"peakMemoryBytes":1,"bytesIn":0}}""";
        using var reply = await http.PostAsync($"v1/nodes/shards/{lease.ShardId}/complete", new StringContent(body, null, "application/json"), Cancel);
        reply.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Learn_MoreThanItNeeds_KeepsTheNewest()
    {
        await using var platform = await TestPlatform.StartAsync();
        await using var db = platform.Platform.Services.GetRequiredService<Database>().CreateDbContext();
        for (var i = 0; i < Estimator.MostShards + 100; i++)
        {
            db.Usage.Add(new UsageRow
            {
                ShardId = new Guid(i, 0, 0, new byte[8]),
                JobId = new Guid(i % 10, 1, 0, new byte[8]),
                Kind = "render",
                Features = """{"work":2000,"jobWork":2000,"shards":1,"nodes":1}""",
                Work = 3,
                MemoryBytes = 1000,
                BytesOut = 10,
                At = DateTimeOffset.UnixEpoch.AddSeconds(i),
            });
        }

        await db.SaveChangesAsync(Cancel);
        await platform.Platform.Services.GetRequiredService<Estimator>().LearnAsync(Cancel);
        (await db.Usage.CountAsync(Cancel)).ShouldBe(Estimator.MostShards);
        (await db.Usage.MinAsync(row => row.At, Cancel)).ShouldBe(DateTimeOffset.UnixEpoch.AddSeconds(100));
    }

    private static async Task<Job> DoAsync(NeuroClient customer, TestNode node, RenderSpec spec, Usage? usage)
    {
        var job = await TestPlatform.OrderAsync(customer, spec);
        while (await node.ClaimAsync() is { } lease)
        {
            await node.WorkAsync(lease, usage);
        }

        return await customer.CompleteAsync(job, cancel: Cancel);
    }

    private static Client.Tokens.Ntk Ntk(decimal amount) => Client.Tokens.Ntk.Of(amount);
}
