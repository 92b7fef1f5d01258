using System.Globalization;

namespace Neuro.Kernels.Recipes;

/// <summary>The values a knob may take; a normal draw outside is moved to the nearer end.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedAttribute(double least, double most) : Attribute
{
    public double Least { get; } = least;

    public double Most { get; } = most;

    /// <summary>Whether draws are rounded, and constants must be whole.</summary>
    public bool Whole { get; init; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"a {(Whole ? "whole " : "")}number from {Least} to {Most}");
}
