namespace Neuro.Kernels.Recipes;

/// <summary>What lies and stands on the table.</summary>
public sealed record TableKnobs
{
    /// <summary>Products on the table.</summary>
    [Allowed(1, 1000, Whole = true)]
    public Distribution Products { get; init; } = Distribution.Uniform(3, 14);

    /// <summary>Half the edge of the area they are spread over, metres.</summary>
    [Allowed(0.1, 5)]
    public Distribution Spread { get; init; } = 0.28;

    /// <summary>Probability that a product lies on its side or back; drawn for each product.</summary>
    [Allowed(0, 1)]
    public Distribution Fallen { get; init; } = 0.35;

    /// <summary>Least metres of air between neighbours; drawn for each product.</summary>
    [Allowed(0, 0.2)]
    public Distribution Gap { get; init; } = Distribution.Uniform(0.004, 0.03);

    /// <summary>Reflectance of the table top, 0 black to 1 white, as encoded in pictures.</summary>
    [Allowed(0, 1)]
    public Distribution Top { get; init; } = Distribution.Choice(Distribution.Uniform(0.6, 0.9), Distribution.Uniform(0.08, 0.5));

    /// <summary>Probability that the table is a checkout belt with dividers.</summary>
    [Allowed(0, 1)]
    public Distribution Belt { get; init; } = 0.4;
}
