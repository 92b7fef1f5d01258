using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Neuro.Backend.Market.Estimates;

/// <summary>A shard that was done: what was known before, and what it took.</summary>
internal sealed record UsageSample(Guid Job, IReadOnlyDictionary<string, double> Features, double Taken);

/// <summary>What shards of a kind take of one resource: the formula times a factor that was learned from those done so far.</summary>
/// <remarks>
/// (taken + ε) / (formula + ε), with a byte or a milli-CU as ε, is e to a linear function of the features' logarithms: a Poisson regression, by L-BFGS (Andrew and Gao, ICML 2007; Microsoft.ML).
/// It is cross-validated in five parts, each job whole in one of them, since shards of a job are all alike. Where it is not clearly better there than the formula alone, the formula stays.
/// </remarks>
internal sealed class UsageModel
{
    private const int Folds = 5;

    // Eight times in ten: between the first and the last tenth of what cross-validation missed by.
    private const double Tail = 0.1;

    // A line that is better by less than a twentieth may be so by chance.
    private const double Better = 0.95;

    private readonly Resource resource;
    private readonly Line? line;
    private readonly double low;
    private readonly double high;
    private readonly int shards;

    private UsageModel(Resource resource, Line? line, double[] misses)
    {
        (this.resource, this.line, shards) = (resource, line, misses.Length);
        Array.Sort(misses);
        var (from, to) = ((int)(Tail * (shards - 1)), (int)Math.Ceiling((1 - Tail) * (shards - 1)));
        (low, high) = (Math.Min(0, misses[from]), Math.Max(0, misses[to]));
    }

    /// <summary>Whether the regression was better than the formula.</summary>
    public bool IsLearned => line is not null;

    /// <summary>Mean distance of the logarithm from what was taken, in cross-validation.</summary>
    public double Error { get; private init; }

    /// <summary>The same of the formula alone.</summary>
    public double FormulaError { get; private init; }

    /// <param name="samples">Of at least five jobs.</param>
    public static UsageModel Learn(Resource resource, IReadOnlyList<UsageSample> samples)
    {
        var names = samples.SelectMany(sample => sample.Features.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        var points = samples.Select(sample => new Point
        {
            Features = Logarithms(names, sample.Features),
            Label = (float)Math.Log((sample.Taken + Least(resource)) / (ShardFeatures.Formula(resource, sample.Features) + Least(resource))),
        }).ToArray();
        var folds = samples.Select(sample => sample.Job).Distinct().Order().Select((job, i) => (job, i % Folds)).ToDictionary();
        var misses = new double[points.Length];
        for (var fold = 0; fold < Folds; fold++)
        {
            var trained = Line.Fit(names, [.. points.Where((_, i) => folds[samples[i].Job] != fold)]);
            foreach (var i in Enumerable.Range(0, points.Length).Where(i => folds[samples[i].Job] == fold))
            {
                misses[i] = points[i].Label - trained.At(points[i].Features);
            }
        }

        double[] formula = [.. points.Select(point => (double)point.Label)];
        var (error, formulaError) = (misses.Average(Math.Abs), formula.Average(Math.Abs));
        return error < formulaError * Better
            ? new(resource, Line.Fit(names, points), misses) { Error = error, FormulaError = formulaError }
            : new(resource, null, formula) { Error = error, FormulaError = formulaError };
    }

    /// <summary>What a shard takes: the value, its bounds, and how many shards that rests on.</summary>
    public (double Value, double Low, double High, int Shards) Estimate(IReadOnlyDictionary<string, double> shard)
    {
        var formula = ShardFeatures.Formula(resource, shard);
        var factor = line is null ? 0 : line.At(Logarithms(line.Names, shard));
        return (Value(factor), Value(factor + low), Value(factor + high), shards);

        double Value(double logarithm) => Math.Max(0, ((formula + Least(resource)) * Math.Exp(logarithm)) - Least(resource));
    }

    private static double Least(Resource resource) => resource == Resource.Work ? 1e-3 : 1;

    private static float[] Logarithms(string[] names, IReadOnlyDictionary<string, double> features) =>
        Array.ConvertAll(names, name => (float)Math.Log(1 + features.GetValueOrDefault(name)));

    private sealed class Point
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }

    // Features are brought to mean 0 and deviation 1 first; what is learned is plain numbers, which any thread may read.
    private sealed class Line
    {
        private readonly int[] places;
        private readonly double[] means;
        private readonly double[] scales;
        private readonly double[] weights;
        private readonly double bias;
        private readonly double least;
        private readonly double most;

        private Line(string[] names, Point[] points)
        {
            Names = names;
            var all = names.Select((_, i) => points.Average(point => (double)point.Features[i])).ToArray();
            var deviations = names.Select((_, i) => Math.Sqrt(points.Average(point => Math.Pow(point.Features[i] - all[i], 2)))).ToArray();
            places = [.. Enumerable.Range(0, names.Length).Where(i => deviations[i] > 1e-6)];
            (means, scales) = (Array.ConvertAll(places, i => all[i]), Array.ConvertAll(places, i => deviations[i]));
            (least, most) = (points.Min(point => point.Label), points.Max(point => point.Label));
            var mean = points.Average(point => (double)point.Label);
            (weights, bias) = places.Length == 0 ? ([], mean) : Trained(points, mean);
        }

        public string[] Names { get; }

        public static Line Fit(string[] names, Point[] points) => new(names, points);

        /// <summary>Never beyond what was seen: where there is no history a line leads anywhere.</summary>
        public double At(float[] features)
        {
            var (sum, standard) = (bias, Standard(features));
            for (var i = 0; i < weights.Length; i++)
            {
                sum += weights[i] * standard[i];
            }

            return Math.Clamp(sum, least, most);
        }

        private double[] Standard(float[] features) => [.. places.Select((place, i) => (features[place] - means[i]) / scales[i])];

        // Factors are counted in their geometric mean, so that a formula which says nothing does no harm.
        private (double[] Weights, double Bias) Trained(Point[] points, double mean)
        {
            var standard = Array.ConvertAll(
                points, point => new Point { Features = Array.ConvertAll(Standard(point.Features), value => (float)value), Label = (float)Math.Exp(point.Label - mean) });
            var ml = new MLContext(seed: 1);
            var schema = SchemaDefinition.Create(typeof(Point));
            schema[nameof(Point.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, places.Length);
            // One thread: the same shards give the same line.
            var options = new LbfgsPoissonRegressionTrainer.Options { NumberOfThreads = 1, L1Regularization = 0, L2Regularization = 1e-3f };
            var model = ml.Regression.Trainers.LbfgsPoissonRegression(options).Fit(ml.Data.LoadFromEnumerable(standard, schema)).Model;
            return ([.. model.Weights.Select(weight => (double)weight)], model.Bias + mean);
        }
    }
}
