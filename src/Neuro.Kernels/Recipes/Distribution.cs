using System.Globalization;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Recipes;

/// <summary>How a knob's value is drawn for each scene, or each product, it belongs to.</summary>
/// <remarks>
/// In JSON a number, or an object with one property: <c>{"uniform":[a,b]}</c>, <c>{"normal":[mean,sigma]}</c>, <c>{"truncatedNormal":[mean,sigma,least,most]}</c>,
/// <c>{"logUniform":[a,b]}</c>, <c>{"choice":[…]}</c> of numbers or distributions, <c>{"choice":{"of":[…],"weights":[…]}}</c>, <c>{"curve":[[x,density],…]}</c>.
/// </remarks>
public abstract record Distribution
{
    private protected Distribution()
    {
    }

    public static implicit operator Distribution(double value) => new Constant(value);

    /// <summary>Always <paramref name="value"/>.</summary>
    public static Distribution Always(double value) => new Constant(value);

    /// <summary>Anywhere from <paramref name="from"/> to <paramref name="to"/>, all alike.</summary>
    public static Distribution Uniform(double from, double to) => new UniformRange(from, to);

    /// <summary>Bell-shaped; draws beyond the knob's allowed range are moved to its end.</summary>
    public static Distribution Normal(double mean, double sigma) => new Bell(mean, sigma);

    /// <summary>Bell-shaped given that it lies from <paramref name="least"/> to <paramref name="most"/>: nothing piles up at the ends.</summary>
    public static Distribution TruncatedNormal(double mean, double sigma, double least, double most) => new CutBell(mean, sigma, least, most);

    /// <summary>From <paramref name="from"/>, more than 0, to <paramref name="to"/>, with all ratios alike: as often between 1 and 2 as between 2 and 4.</summary>
    public static Distribution LogUniform(double from, double to) => new LogRange(from, to);

    /// <summary>One of <paramref name="options"/>, all alike; one that stands twice is drawn twice as often.</summary>
    public static Distribution Choice(params Distribution[] options) => new OneOf(new(options));

    /// <summary>One of the options, each as often as its weight says; weights need not add up to 1.</summary>
    public static Distribution Weighted(params (double Weight, Distribution Option)[] options) =>
        new OneOf(new(options.Select(option => option.Option))) { Weights = new(options.Select(option => option.Weight)) };

    /// <summary>A density that runs straight from point to point over increasing x; its scale does not matter.</summary>
    public static Distribution Curve(params (double X, double Density)[] points) => new Polyline(new(points));

    internal abstract double Sample(ref CounterRandom random);

    internal int SampleWhole(ref CounterRandom random) => (int)Math.Round(Sample(ref random));

    internal sealed record Constant(double Value) : Distribution
    {
        internal override double Sample(ref CounterRandom random) => Value;

        public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
    }

    internal sealed record UniformRange(double From, double To) : Distribution
    {
        internal override double Sample(ref CounterRandom random) => random.NextUniform(From, To);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:R} to {To:R}");
    }

    internal sealed record Bell(double Mean, double Sigma) : Distribution
    {
        /// <summary>Ends of the knob's range, known once the recipe has been checked; draws beyond are moved to them.</summary>
        public double Least { get; init; } = double.NegativeInfinity;

        public double Most { get; init; } = double.PositiveInfinity;

        internal override double Sample(ref CounterRandom random) => Math.Clamp(Mean + (Sigma * random.NextNormal()), Least, Most);

        public bool Equals(Bell? other) => other is not null && Mean == other.Mean && Sigma == other.Sigma;

        public override int GetHashCode() => HashCode.Combine(Mean, Sigma);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:R} ± {Sigma:R}");
    }

    internal sealed record CutBell(double Mean, double Sigma, double Least, double Most) : Distribution
    {
        /// <summary>How far from the mean, in sigmas, the range may begin.</summary>
        public const double FarthestTail = 6;

        // Nothing is lost beyond, even of the farthest tail: e^((6² − 9²) / 2) is 2e-10.
        private const double Reach = 9;
        private const int MostTries = 1000;

        /// <remarks>Rejection from a uniform draw. At least one try in twenty is taken (the farthest tail is the worst), so the thousandth comes once in 1e22.</remarks>
        internal override double Sample(ref CounterRandom random)
        {
            var (low, high) = (Math.Max(Least, Mean - (Reach * Sigma)), Math.Min(Most, Mean + (Reach * Sigma)));
            var likeliest = Math.Clamp(Mean, Least, Most);
            var peak = Square((likeliest - Mean) / Sigma);
            for (var i = 0; i < MostTries; i++)
            {
                var drawn = random.NextUniform(low, high);
                if (random.NextUnit() < PortableMath.Exp((peak - Square((drawn - Mean) / Sigma)) / 2))
                {
                    return drawn;
                }
            }

            return likeliest;
        }

        private static double Square(double a) => a * a;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:R} ± {Sigma:R} within {Least:R} to {Most:R}");
    }

    internal sealed record LogRange(double From, double To) : Distribution
    {
        internal override double Sample(ref CounterRandom random) => Math.Clamp(From * PortableMath.Exp(random.NextUnit() * PortableMath.Log(To / From)), From, To);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:R} to {To:R} by ratio");
    }

    internal sealed record OneOf(ValueList<Distribution> Options) : Distribution
    {
        /// <summary>How often each option is drawn; all alike if there are none.</summary>
        public ValueList<double>? Weights { get; init; }

        internal override double Sample(ref CounterRandom random) => Options[Index(ref random)].Sample(ref random);

        public override string ToString() => Options.ToString();

        private int Index(ref CounterRandom random) => Weights is null ? random.NextIndex(Options.Count) : Segment(Weights, ref random).Index;
    }

    internal sealed record Polyline(ValueList<(double X, double Density)> Points) : Distribution
    {
        private readonly ValueList<double> areas = new(Points.Zip(Points.Skip(1), (a, b) => (b.X - a.X) * (a.Density + b.Density) / 2));

        internal override double Sample(ref CounterRandom random)
        {
            var (at, share) = Segment(areas, ref random);
            var ((x, density), (nextX, next)) = (Points[at], Points[at + 1]);
            // The share s of the width below which lies a share u of a trapezium: (d + (d′ − d) s / 2) s = u (d + d′) / 2, solved so that equal densities divide nothing by 0.
            var root = Math.Sqrt((density * density) + (share * ((next * next) - (density * density))));
            var width = density + root == 0 ? 0 : share * (density + next) / (density + root);
            return Math.Clamp(x + (width * (nextX - x)), x, nextX);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"a curve from {Points[0].X:R} to {Points[^1].X:R}");
    }

    /// <summary>One of some weights, drawn as often as it is large, and where within it the draw fell, 0 to 1.</summary>
    private static (int Index, double Share) Segment(ValueList<double> weights, ref CounterRandom random)
    {
        var left = random.NextUnit() * weights.Sum();
        var last = 0;
        for (var i = 0; i < weights.Count; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                if (left < weights[i])
                {
                    return (i, left / weights[i]);
                }
            }

            left -= weights[i];
        }

        // Only where the sum rounded up.
        return (last, 1);
    }
}
