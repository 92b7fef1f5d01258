using Neuro.Backend.Jobs;
using Neuro.Backend.Market.Estimates;
using Neuro.Client.Market;

namespace Neuro.Backend.Tests.Market.Estimates;

public sealed class UsageModelTests(ITestOutputHelper output)
{
    [Fact]
    public void Learn_WorkThatTheFormulaMisses_IsLearnedWithAnIntervalThatHoldsEightTimesInTen()
    {
        var random = new Random(3);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var model = UsageModel.Learn(Resource.Work, Samples(random, jobs: 40, shardsOfAJob: 50, Law));
        output.WriteLine($"2,000 shards: {watch.Elapsed.TotalSeconds:0.00} s; mean error of the logarithm {model.Error:0.000}, by the formula {model.FormulaError:0.000}");

        model.IsLearned.ShouldBeTrue();
        model.Error.ShouldBeLessThan(model.FormulaError / 3);
        var fresh = Samples(random, jobs: 100, shardsOfAJob: 10, Law);
        var within = fresh.Count(sample => model.Estimate(sample.Features) is var (value, low, high, _) && low <= value && value <= high && sample.Taken >= low && sample.Taken <= high);
        output.WriteLine($"{within / 10.0} % of 1,000 further shards lie in the interval");
        (within / 1000.0).ShouldBeInRange(0.7, 0.9);
    }

    [Fact]
    public void Learn_FewestShards_IsEnoughForALawThatPlain()
    {
        var model = UsageModel.Learn(Resource.Work, Samples(new Random(4), jobs: 6, shardsOfAJob: 5, (work, _, _) => 3 * work));
        model.IsLearned.ShouldBeTrue();
        var (value, low, high, shards) = model.Estimate(Features(20, 640));
        value.ShouldBe(60, 6);
        (low, high).ShouldSatisfyAllConditions(bounds => bounds.low.ShouldBeGreaterThan(48), bounds => bounds.high.ShouldBeLessThan(72));
        shards.ShouldBe(30);
    }

    [Fact]
    public void Learn_NothingButNoise_KeepsTheFormulaAndMeasuresItsError()
    {
        var model = UsageModel.Learn(Resource.Work, Samples(new Random(5), jobs: 200, shardsOfAJob: 2, (work, _, noise) => work * noise));
        model.IsLearned.ShouldBeFalse();
        model.Error.ShouldBeGreaterThan(0.95 * model.FormulaError);
        var (value, low, high, shards) = model.Estimate(Features(20, 640));
        (value, shards).ShouldBe((20, 400));
        low.ShouldBeInRange(12, 19);
        high.ShouldBeInRange(21, 30);
    }

    [Fact]
    public void Estimate_FarFromWhatWasSeen_IsNotBeyondTheFactorsSeen()
    {
        var model = UsageModel.Learn(Resource.Work, Samples(new Random(6), jobs: 20, shardsOfAJob: 5, Law));
        var most = Samples(new Random(6), jobs: 20, shardsOfAJob: 5, Law).Max(sample => sample.Taken / ShardFeatures.Formula(Resource.Work, sample.Features));
        model.Estimate(Features(1e9, 1e9)).Value.ShouldBeLessThanOrEqualTo(1.001 * most * 1e9);
    }

    // More than the plan says, the more so the larger the picture; a fifth more or less by chance.
    private static double Law(double work, double pixels, double noise) => 0.1 * work * Math.Pow(pixels, 0.5) * noise;

    private static List<UsageSample> Samples(Random random, int jobs, int shardsOfAJob, Func<double, double, double, double> law)
    {
        var samples = new List<UsageSample>();
        for (var job = 0; job < jobs; job++)
        {
            var pixels = Math.Exp(4 + (4 * random.NextDouble()));
            for (var shard = 0; shard < shardsOfAJob; shard++)
            {
                var work = Math.Exp(4 * random.NextDouble());
                samples.Add(new(new Guid(job, 0, 0, new byte[8]), Features(work, pixels), law(work, pixels, Math.Exp(0.4 * (random.NextDouble() - 0.5)))));
            }
        }

        return samples;
    }

    private static IReadOnlyDictionary<string, double> Features(double work, double pixels) =>
        ShardFeatures.OfShard(new Dictionary<string, double> { ["pixels"] = pixels, [WorkPlan.MemoryBytes] = 1e8 }, Cu.Of(work), 1, 0);
}
