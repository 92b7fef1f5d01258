namespace Neuro.Kernels.Recipes;

/// <summary>How the product is held before the camera.</summary>
public sealed record HoldKnobs
{
    /// <summary>The product's height as a share of the picture's.</summary>
    [Allowed(0.2, 1.5)]
    public Distribution Size { get; init; } = Distribution.Uniform(0.5, 0.95);

    /// <summary>Degrees that the product is turned; positive shows its front to the right.</summary>
    [Allowed(-180, 180)]
    public Distribution Yaw { get; init; } = Distribution.Weighted((5, Distribution.Normal(0, 22)), (1, Distribution.Uniform(-85, 85)));

    /// <summary>Degrees that the camera looks down on it.</summary>
    [Allowed(-45, 85)]
    public Distribution Pitch { get; init; } = Distribution.Normal(14, 13);

    /// <summary>Degrees that it is turned in the picture; positive is clockwise.</summary>
    [Allowed(-180, 180)]
    public Distribution Roll { get; init; } = Distribution.Normal(0, 16);

    /// <summary>Its centre right of the picture's, as a share of the width.</summary>
    [Allowed(-0.5, 0.5)]
    public Distribution Side { get; init; } = Distribution.Normal(0, 0.08);

    /// <summary>Its centre above the picture's, as a share of the height.</summary>
    [Allowed(-0.5, 0.5)]
    public Distribution Height { get; init; } = Distribution.Normal(0, 0.08);

    /// <summary>Probability that a hand holds it.</summary>
    [Allowed(0, 1)]
    public Distribution Hand { get; init; } = 1;

    /// <summary>Skin of the hand, 0 light to 1 dark.</summary>
    [Allowed(0, 1)]
    public Distribution Skin { get; init; } = Distribution.Uniform(0.05, 0.9);
}
