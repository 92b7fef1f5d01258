namespace Neuro.Kernels.Recipes;

/// <summary>Lamps in front of the products, and light from everywhere.</summary>
public sealed record LightKnobs
{
    /// <summary>Lamps.</summary>
    [Allowed(1, 4, Whole = true)]
    public Distribution Count { get; init; } = Distribution.Choice(1, 1, 2, 3);

    /// <summary>Metres right of the scene's centre; drawn for each lamp.</summary>
    [Allowed(-5, 5)]
    public Distribution Side { get; init; } = Distribution.Uniform(-1.5, 1.5);

    /// <summary>Metres above the scene's centre; drawn for each lamp.</summary>
    [Allowed(-3, 5)]
    public Distribution Height { get; init; } = Distribution.Uniform(0.6, 2);

    /// <summary>Metres in front of the scene; drawn for each lamp.</summary>
    [Allowed(0.2, 6)]
    public Distribution Distance { get; init; } = Distribution.Uniform(1, 2.5);

    /// <summary>Length of a lamp in metres; 0 is a point with hard shadows.</summary>
    [Allowed(0, 2)]
    public Distribution Size { get; init; } = Distribution.Uniform(0.3, 1.2);

    /// <summary>What the lamps give together to a surface at the scene's centre that faces them; 1 makes white paper white.</summary>
    [Allowed(0, 5)]
    public Distribution Intensity { get; init; } = Distribution.Uniform(0.2, 0.9);

    /// <summary>Colour of the lamps: positive is warmer, with more red and less blue.</summary>
    [Allowed(-0.5, 0.5)]
    public Distribution Warmth { get; init; } = Distribution.Normal(0.03, 0.08);

    /// <summary>Colour of the lamps as of fluorescent tubes: positive is greener, negative more magenta.</summary>
    [Allowed(-0.3, 0.3)]
    public Distribution Tint { get; init; } = Distribution.Normal(0, 0.03);

    /// <summary>Light from everywhere, in the unit of intensity.</summary>
    [Allowed(0, 3)]
    public Distribution Ambient { get; init; } = Distribution.Uniform(0.55, 1.1);

    /// <summary>Strength of the ambient occlusion: how much darker creases and corners are.</summary>
    [Allowed(0, 1)]
    public Distribution Occlusion { get; init; } = 0.8;

    /// <summary>How much of the light from everywhere is lost per metre into the shelf.</summary>
    [Allowed(0, 3)]
    public Distribution Gloom { get; init; } = 1.2;
}
