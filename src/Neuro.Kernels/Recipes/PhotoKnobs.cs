namespace Neuro.Kernels.Recipes;

/// <summary>What the sensor makes of the light.</summary>
public sealed record PhotoKnobs
{
    /// <summary>Factor on all the light.</summary>
    [Allowed(0.1, 10)]
    public Distribution Exposure { get; init; } = Distribution.Uniform(0.8, 1.3);

    /// <summary>White balance: gain of red.</summary>
    [Allowed(0.2, 3)]
    public Distribution RedGain { get; init; } = Distribution.Uniform(0.9, 1.12);

    /// <summary>White balance: gain of blue.</summary>
    [Allowed(0.2, 3)]
    public Distribution BlueGain { get; init; } = Distribution.Choice(Distribution.Uniform(0.6, 1), Distribution.Uniform(0.9, 1.12));

    /// <summary>Exponent on the finished values: less than 1 is brighter.</summary>
    [Allowed(0.3, 3)]
    public Distribution Gamma { get; init; } = Distribution.Uniform(0.75, 1.3);

    /// <summary>Standard deviation of the noise in steps of 1/255.</summary>
    [Allowed(0, 50)]
    public Distribution Noise { get; init; } = Distribution.Uniform(0, 6);

    /// <summary>Quality of the JPEG, 1 to 100.</summary>
    [Allowed(1, 100, Whole = true)]
    public Distribution JpegQuality { get; init; } = Distribution.Uniform(60, 95);

    /// <summary>Share of veiling light per metre of air.</summary>
    [Allowed(0, 1)]
    public Distribution Haze { get; init; } = 0;

    /// <summary>Specks on the lens.</summary>
    [Allowed(0, 60, Whole = true)]
    public Distribution Dust { get; init; } = 0;
}
