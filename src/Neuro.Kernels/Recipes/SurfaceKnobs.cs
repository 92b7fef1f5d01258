namespace Neuro.Kernels.Recipes;

/// <summary>Shine and wear of each product copy. Drawn for each product.</summary>
public sealed record SurfaceKnobs
{
    /// <summary>From matt paper, 0, to varnish, 1.</summary>
    [Allowed(0, 1)]
    public Distribution Gloss { get; init; } = Distribution.Uniform(0, 0.5);

    /// <summary>Probability that a glossy film is over the product.</summary>
    [Allowed(0, 1)]
    public Distribution Film { get; init; } = 0.1;

    /// <summary>Scuffs and scratches.</summary>
    [Allowed(0, 1)]
    public Distribution Wear { get; init; } = Distribution.Uniform(0, 0.2);

    /// <summary>How dented it is.</summary>
    [Allowed(0, 1)]
    public Distribution Dents { get; init; } = Distribution.Uniform(0, 0.1);

    /// <summary>Strength of an overlay of the texture of paper and print.</summary>
    [Allowed(0, 1)]
    public Distribution Texture { get; init; } = 0.05;
}
