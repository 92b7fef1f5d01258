namespace Neuro.Kernels.Recipes;

/// <summary>What is in the picture that nobody asked for and that carries no product's label.</summary>
public sealed record DistractorKnobs
{
    /// <summary>Share of the places taken by unknown cartons.</summary>
    [Allowed(0, 0.95)]
    public Distribution Unknown { get; init; } = Distribution.Uniform(0.02, 0.2);

    /// <summary>Products like the wanted ones but not them, as a multiple of the wanted.</summary>
    [Allowed(0, 10)]
    public Distribution Lookalikes { get; init; } = 0;

    /// <summary>Probability that a scene holds none of the wanted products.</summary>
    [Allowed(0, 1)]
    public Distribution Empty { get; init; } = 0;

    /// <summary>Objects between the camera and the products.</summary>
    [Allowed(0, 6, Whole = true)]
    public Distribution Occluders { get; init; } = 0;
}
