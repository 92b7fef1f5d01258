namespace Neuro.Kernels.Recipes;

/// <summary>The furniture that holds the products.</summary>
public sealed record FixtureKnobs
{
    /// <summary>Probability that the boards carry price rails.</summary>
    [Allowed(0, 1)]
    public Distribution PriceRails { get; init; } = 0.75;

    /// <summary>Probability that a row stands in a tray or crate; drawn for each row.</summary>
    [Allowed(0, 1)]
    public Distribution Crates { get; init; } = 0.1;

    /// <summary>Probability that it is a fridge with glass doors.</summary>
    [Allowed(0, 1)]
    public Distribution Fridge { get; init; } = 0.12;

    /// <summary>Probability that it is a narrow display at the end of an aisle, 2 to 4 places wide.</summary>
    [Allowed(0, 1)]
    public Distribution EndCap { get; init; } = 0.08;

    /// <summary>Reflectance of the furniture, 0 black to 1 white, as encoded in pictures.</summary>
    [Allowed(0, 1)]
    public Distribution Shelf { get; init; } = Distribution.Choice(Distribution.Uniform(0.75, 0.95), Distribution.Uniform(0.1, 0.75));

    /// <summary>Saturation of the furniture's colour.</summary>
    [Allowed(0, 1)]
    public Distribution Colour { get; init; } = Distribution.Uniform(0, 0.25);
}
