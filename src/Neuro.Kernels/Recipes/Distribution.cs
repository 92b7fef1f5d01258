using System.Globalization;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Recipes;

/// <summary>How a knob's value is drawn for each scene, or each product, it belongs to.</summary>
/// <remarks>In JSON a number, or an object with one property: <c>{"uniform":[a,b]}</c>, <c>{"normal":[mean,sigma]}</c>, <c>{"choice":[…]}</c> of numbers or distributions.</remarks>
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

    /// <summary>Bell-shaped, cut off at the knob's allowed range.</summary>
    public static Distribution Normal(double mean, double sigma) => new Bell(mean, sigma);

    /// <summary>One of <paramref name="options"/>, all alike; one that stands twice is drawn twice as often.</summary>
    public static Distribution Choice(params Distribution[] options) => new OneOf([.. options]);

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

    internal sealed record OneOf(IReadOnlyList<Distribution> Options) : Distribution
    {
        internal override double Sample(ref CounterRandom random) => Options[random.NextIndex(Options.Count)].Sample(ref random);

        public bool Equals(OneOf? other) => other is not null && Options.SequenceEqual(other.Options);

        public override int GetHashCode() => Options.Aggregate(0, HashCode.Combine);

        public override string ToString() => string.Join(" | ", Options);
    }
}

/// <summary>The values a knob may take; draws outside are moved to the nearer end.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedAttribute(double least, double most) : Attribute
{
    public double Least { get; } = least;

    public double Most { get; } = most;

    /// <summary>Whether draws are rounded, and constants must be whole.</summary>
    public bool Whole { get; init; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"a {(Whole ? "whole " : "")}number from {Least} to {Most}");
}
