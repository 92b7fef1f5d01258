namespace Neuro.Kernels.Recipes;

/// <summary>How the print of each product copy differs from its catalogue picture. Drawn for each product.</summary>
public sealed record ColourKnobs
{
    /// <summary>Factor on the saturation.</summary>
    [Allowed(0, 3)]
    public Distribution Saturation { get; init; } = Distribution.Uniform(0.45, 1.6);

    /// <summary>Exponent on the values: less than 1 is brighter.</summary>
    [Allowed(0.3, 3)]
    public Distribution Gamma { get; init; } = Distribution.Uniform(0.65, 1.4);

    /// <summary>Degrees that the hue is turned.</summary>
    [Allowed(-180, 180)]
    public Distribution Hue { get; init; } = Distribution.Normal(0, 5);

    /// <summary>Factor on each channel by itself.</summary>
    [Allowed(0.2, 3)]
    public Distribution ChannelGain { get; init; } = Distribution.Uniform(0.88, 1.1);

    /// <summary>Factor on all channels.</summary>
    [Allowed(0.2, 3)]
    public Distribution Gain { get; init; } = Distribution.Uniform(0.78, 1.12);
}
