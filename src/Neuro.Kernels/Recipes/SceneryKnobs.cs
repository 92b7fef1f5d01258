namespace Neuro.Kernels.Recipes;

/// <summary>What is behind a product in the hand.</summary>
public sealed record SceneryKnobs
{
    /// <summary>Weight of a shelf; the four weights are relative to each other.</summary>
    [Allowed(0, 1)]
    public Distribution Shelf { get; init; } = 0.5;

    /// <summary>Weight of a fridge.</summary>
    [Allowed(0, 1)]
    public Distribution Fridge { get; init; } = 0.3;

    /// <summary>Weight of a plain wall.</summary>
    [Allowed(0, 1)]
    public Distribution Plain { get; init; } = 0.2;

    /// <summary>Weight of a background picture of the catalogue; 0 where it brings none.</summary>
    [Allowed(0, 1)]
    public Distribution Picture { get; init; } = 0.3;

    /// <summary>Metres behind the product.</summary>
    [Allowed(0.15, 2)]
    public Distribution Distance { get; init; } = Distribution.Uniform(0.3, 1.2);

    /// <summary>How blurred it is, as the diameter in millimetres of a lens focused on the product.</summary>
    [Allowed(0, 30)]
    public Distribution Blur { get; init; } = Distribution.Uniform(0, 8);
}
