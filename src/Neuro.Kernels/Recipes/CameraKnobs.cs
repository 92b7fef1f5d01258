namespace Neuro.Kernels.Recipes;

/// <summary>The camera looks at a point of the scene from a distance.</summary>
public sealed record CameraKnobs
{
    /// <summary>Metres from the point looked at.</summary>
    [Allowed(0.15, 6)]
    public Distribution Distance { get; init; } = Distribution.Choice(Distribution.Uniform(0.9, 1.4), Distribution.Uniform(0.9, 1.4), Distribution.Uniform(0.4, 0.9));

    /// <summary>Where it looks: −1 the scene's left end, 1 its right end.</summary>
    [Allowed(-1, 1)]
    public Distribution Side { get; init; } = Distribution.Uniform(-0.45, 0.45);

    /// <summary>Where it looks: 0 the lowest board, 1 the top of the highest row.</summary>
    [Allowed(-0.5, 1.5)]
    public Distribution Height { get; init; } = Distribution.Uniform(0.2, 0.8);

    /// <summary>Degrees from which side it looks; positive stands to the right.</summary>
    [Allowed(-75, 75)]
    public Distribution Yaw { get; init; } = Distribution.Normal(0, 14);

    /// <summary>Degrees from how far above it looks; positive looks down.</summary>
    [Allowed(-45, 75)]
    public Distribution Pitch { get; init; } = Distribution.Normal(10, 10);

    /// <summary>Degrees of turn about the optical axis; positive turns the camera clockwise.</summary>
    [Allowed(-180, 180)]
    public Distribution Roll { get; init; } = Distribution.Choice(Distribution.Normal(0, 3), Distribution.Normal(0, 14));

    /// <summary>Vertical field of view, degrees.</summary>
    [Allowed(10, 100)]
    public Distribution FieldOfView { get; init; } = Distribution.Uniform(38, 52);
}
