namespace Neuro.Kernels.Recipes;

/// <summary>How products stand on a board. Drawn for each row, place or product.</summary>
public sealed record RowKnobs
{
    /// <summary>Places side by side on a board; drawn for each row.</summary>
    [Allowed(1, 40, Whole = true)]
    public Distribution Facings { get; init; } = Distribution.Uniform(10, 16);

    /// <summary>Neighbouring places that one article takes; drawn for each article.</summary>
    [Allowed(1, 10, Whole = true)]
    public Distribution Repeat { get; init; } = Distribution.Choice(1, 1, 1, 2, 3);

    /// <summary>Articles behind each other; drawn for each row.</summary>
    [Allowed(1, 3, Whole = true)]
    public Distribution Depth { get; init; } = Distribution.Choice(1, 2);

    /// <summary>Metres of air between neighbours, on top of what their turns need; drawn for each place.</summary>
    [Allowed(0, 0.2)]
    public Distribution Gap { get; init; } = Distribution.Uniform(0.003, 0.018);

    /// <summary>Probability that a place is empty.</summary>
    [Allowed(0, 0.95)]
    public Distribution Missing { get; init; } = Distribution.Uniform(0, 0.2);

    /// <summary>Degrees that each product is turned; positive shows its front to the right.</summary>
    [Allowed(-180, 180)]
    public Distribution Yaw { get; init; } = Distribution.Choice(Distribution.Normal(0, 6), Distribution.Normal(0, 6), Distribution.Normal(0, 22));

    /// <summary>Metres that each place's first product stands behind the board's front edge.</summary>
    [Allowed(0, 0.2)]
    public Distribution Setback { get; init; } = Distribution.Uniform(0.005, 0.05);

    /// <summary>Metres of air between the tallest product of a row and the board above; drawn for each row.</summary>
    [Allowed(0.01, 0.5)]
    public Distribution Clearance { get; init; } = Distribution.Uniform(0.03, 0.09);

    /// <summary>Probability that a product lies on its side or back.</summary>
    [Allowed(0, 1)]
    public Distribution Fallen { get; init; } = 0.01;

    /// <summary>Probability that a place holds an article of a neighbouring place.</summary>
    [Allowed(0, 1)]
    public Distribution Disorder { get; init; } = 0.02;

    /// <summary>Factor on a product's size; drawn for each article.</summary>
    [Allowed(0.8, 1.25)]
    public Distribution Scale { get; init; } = 1;
}
