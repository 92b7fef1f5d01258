using System.Diagnostics;
using System.Globalization;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Improvement;
using Neuro.Learning.Training;
using Neuro.Learning.Training.Figures;
using Neuro.Learning.Zoo;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>improve</c>: pictures unlike those that a model was trained on, and the same samples spent twice: on what the loop makes of its mistakes, and on fresh pictures of
/// the recipe as it was.</summary>
internal static class ImproveBenchmark
{
    private const int Size = 48;
    private const int Side = 128;
    private const int Products = 10;
    private const int Rehearsed = 400;
    private const int HeldOut = 800;

    // Student's t, two-sided 95 %, by degrees of freedom from 1.
    private static readonly double[] Student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    private const string Usage = "improve [--catalogue DIR, else ten drawn products] [--seeds 3, 2 to 10] [--rounds 3] [--samples 4096 a round] [--start 24576 samples] [--svg FILE] [--out DIR, where a run that was stopped goes on]";

    public static int Run(string[] args)
    {
        var (catalogue, seeds, rounds, samples, start) = ((string?)null, 3, 3, 4096, 24576);
        var (folder, svg) = (Path.Combine("artifacts", "bench", "improve"), (string?)null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var isNumber = int.TryParse(value, CultureInfo.InvariantCulture, out var n);
            switch (args[i])
            {
                case "--catalogue" when Directory.Exists(value):
                    catalogue = value;
                    break;
                case "--seeds" when isNumber && n is >= 2 and <= 10:
                    seeds = n;
                    break;
                case "--rounds" when isNumber && n is >= 1 and <= 100:
                    rounds = n;
                    break;
                case "--samples" when isNumber && n is >= 64 and <= 10_000_000:
                    samples = n;
                    break;
                case "--start" when isNumber && n is >= 64 and <= 10_000_000:
                    start = n;
                    break;
                case "--svg" when value.Length > 0:
                    svg = value;
                    break;
                case "--out" when value.Length > 0:
                    folder = value;
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Usage: {Usage}");
                    return 2;
            }
        }

        if (catalogue is null)
        {
            FictionalCatalogue.Write(catalogue = Path.Combine(folder, "catalogue"), Products, 1, 1);
        }

        new Trial(Catalogue.Load(catalogue), rounds, samples, folder).Run(seeds, start, svg);
        return 0;
    }

    private sealed class Trial(Catalogue catalogue, int rounds, int samples, string folder)
    {
        private readonly HandheldRecipe recipe = HandheldRecipe.Default(catalogue) with { Width = Side, Height = Side, Scenery = new() { Shelf = 0, Fridge = 0, Plain = 1, Picture = 0 } };

        /// <summary>Each of four things is otherwise in a third of the pictures: dark, turned, moved, far. The loop sees pictures of it, never this.</summary>
        private HandheldRecipe Shifted => recipe with
        {
            Photo = recipe.Photo with { Exposure = Distribution.Weighted((2, recipe.Photo.Exposure), (1, Distribution.Uniform(0.1, 0.25))) },
            Hold = recipe.Hold with
            {
                Yaw = Distribution.Weighted((4, recipe.Hold.Yaw), (1, Distribution.Uniform(40, 70)), (1, Distribution.Uniform(-70, -40))),
                Size = Distribution.Weighted((2, recipe.Hold.Size), (1, Distribution.Uniform(0.2, 0.3))),
            },
            Lens = recipe.Lens with { MotionBlur = Distribution.Weighted((2, recipe.Lens.MotionBlur), (1, Distribution.Uniform(6, 14))) },
        };

        private ImprovementPlan Plan(ulong seed) => new()
        {
            Rounds = rounds,
            Seed = seed,
            Training = new() { Epochs = 2, LearningRate = 1e-3, Seed = seed },
            Stream = new() { SamplesPerEpoch = samples / 2, ValidationScenes = 0 },
        };

        public void Run(int seeds, int start, string? svg)
        {
            var clock = Stopwatch.StartNew();
            var begun = Process.GetCurrentProcess().TotalProcessorTime;
            var (model, shown, heldOut) = (Start(start), Pictures("shown", 501, Rehearsed), Pictures("held-out", 502, HeldOut));
            var (loop, random) = (new List<double[]>(), new List<double[]>());
            for (var seed = 1UL; seed <= (ulong)seeds; seed++)
            {
                loop.Add(Loop(model, shown, heldOut, seed));
                random.Add(Random(model, shown, heldOut, seed));
                Console.WriteLine($"seed {seed}: loop {Row(loop[^1])}, random {Row(random[^1])}");
            }

            Console.WriteLine("| after round | loop | same samples, recipe as it was | difference |\n|---|---|---|---|");
            for (var round = 0; round <= rounds; round++)
            {
                var (ours, theirs) = (Column(loop, round), Column(random, round));
                Console.WriteLine($"| {round} | {Points(ours)} | {Points(theirs)} | {Points([.. ours.Zip(theirs, (a, b) => a - b)])} |");
            }

            if (svg is not null)
            {
                File.WriteAllText(svg, LineFigure.Draw(
                    $"Accuracy on {HeldOut} held-out pictures of a shifted domain, {seeds} seeds", $"rounds of {samples} samples", "top-1", [Line("loop", loop), Line("as it was", random)], shares: true));
            }

            var gain = Interval(Column(loop, rounds).Zip(Column(random, rounds), (a, b) => 100 * (a - b)).ToArray());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"improve seeds={seeds} rounds={rounds} samples={samples} start={100 * loop[0][0]:0.0} loop={100 * Column(loop, rounds).Average():0.0} random={100 * Column(random, rounds).Average():0.0} "
                + $"gain={gain.Mean:0.0} low={gain.Mean - gain.Reach:0.0} high={gain.Mean + gain.Reach:0.0} n={HeldOut} "
                + $"minutes={clock.Elapsed.TotalMinutes:0.0} cpu_minutes={(Process.GetCurrentProcess().TotalProcessorTime - begun).TotalMinutes:0.0}"));
        }

        private string Start(int count)
        {
            using var stream = new SceneStream(catalogue, [(recipe, 1)], Size, 1000, new() { SamplesPerEpoch = count / 4, ValidationScenes = 0 });
            return Trainer.Train(Zoo.SmallCnn(catalogue.Products.Count, Size, [16, 32, 64, 128]), stream, new() { Epochs = 4 }, Path.Combine(folder, "start")).Folder;
        }

        private LabelledImages Pictures(string name, ulong seed, int count)
        {
            var shard = Path.Combine(folder, $"{name}.tar");
            DatasetRenderer.RenderShard(Shifted, catalogue, seed, 0, count, shard, null, CancellationToken.None);
            return LabelledImages.FromShards([shard], DatasetRenderer.ClassNames(catalogue));
        }

        private double[] Loop(string model, LabelledImages shown, LabelledImages heldOut, ulong seed)
        {
            var (under, known) = (Path.Combine(folder, $"loop-{seed}"), new List<double> { Accuracy(model, heldOut) });
            var report = Improver.Run(model, recipe, catalogue, shown, Plan(seed), under).Report;
            for (var round = 1; round <= rounds; round++)
            {
                var done = report.Rounds.ElementAtOrDefault(round - 1);
                Console.WriteLine($"seed {seed} round {round}: {string.Join("; ", done?.Changes.Select(change => $"{change.Knob}: {change.Reason}") ?? [])}\n  {string.Join(' ', done?.Notes ?? [])}\n  {done?.Outcome?.Verdict}");
                known.Add(done?.Outcome is { Kept: true } ? Accuracy(Path.Combine(under, $"round-{round}"), heldOut) : known[^1]);
            }

            return [.. known];
        }

        /// <summary>The same rounds on the recipe as it was, each going on from the one before; what counts is the best model so far by the pictures that the loop is shown.</summary>
        private double[] Random(string model, LabelledImages shown, LabelledImages heldOut, ulong seed)
        {
            var (plan, known, best) = (Plan(seed), new List<double> { Accuracy(model, heldOut) }, Accuracy(model, shown));
            for (var round = 1; round <= rounds; round++)
            {
                using var stream = new SceneStream(catalogue, [(recipe, 1)], Size, Improver.SeedOf(plan, round), plan.Stream);
                model = Improver.TrainOn(model, stream, plan.Training, Path.Combine(folder, $"random-{seed}", $"round-{round}"));
                var now = Accuracy(model, shown);
                known.Add(now > best ? Accuracy(model, heldOut) : known[^1]);
                best = Math.Max(best, now);
            }

            return [.. known];
        }

        private static double Accuracy(string model, LabelledImages images) => Improver.Observe(model, images) is var seen ? (double)seen.Hits / seen.Count : 0;

        /// <summary>Means, with the interval of each as a bar.</summary>
        private Curve Line(string name, List<double[]> seeds)
        {
            var marks = Enumerable.Range(0, rounds + 1).Select(round => (X: (double)round, Interval: Interval(Column(seeds, round)))).ToList();
            var bars = marks.SelectMany(mark => new[] { (mark.X, double.NaN), (mark.X, mark.Interval.Mean - mark.Interval.Reach), (mark.X, mark.Interval.Mean + mark.Interval.Reach) });
            List<(double X, double Y)> points = [.. marks.Select(mark => (mark.X, mark.Interval.Mean)), .. bars];
            return new(name, [.. points.Select(point => point.X)], [.. points.Select(point => point.Y)]);
        }

        private static double[] Column(List<double[]> seeds, int round) => [.. seeds.Select(seed => seed[round])];

        private static string Row(double[] shares) => string.Join(' ', shares.Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)));

        private static string Points(double[] shares) => Interval(shares) is var (mean, reach) ? string.Create(CultureInfo.InvariantCulture, $"{100 * mean:0.0} ± {100 * reach:0.0}") : "";

        /// <summary>Mean and half of its 95 % interval over seeds (Student 1908).</summary>
        private static (double Mean, double Reach) Interval(double[] values)
        {
            var mean = values.Average();
            return (mean, Student[values.Length - 2] * Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1) / values.Length));
        }
    }
}
