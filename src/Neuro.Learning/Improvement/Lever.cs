using Neuro.Kernels.Recipes;

namespace Neuro.Learning.Improvement;

/// <summary>A knob that moves a trait, and the settings at which it is tried.</summary>
/// <param name="Settings">Ascending, within the knob's range.</param>
internal sealed record Lever(Trait Trait, string Knob, IReadOnlyList<double> Settings)
{
    private static readonly IReadOnlyList<double> Degrees = [.. Enumerable.Range(-12, 25).Select(step => 15.0 * step)];

    private static readonly Lever[] Common =
    [
        new(Trait.Light, "photo.exposure", [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25, 1.6, 2, 2.6, 3.4, 4.5]),
        new(Trait.Warmth, "photo.blueGain", [0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1.05, 1.25, 1.5, 1.8, 2.2]),
        new(Trait.Sharpness, "lens.motionBlur", [0, 1, 2, 3, 4, 6, 8, 11, 15, 20]),
        new(Trait.Visible, "distractors.occluders", [0, 1, 2, 3, 4, 5, 6]),
    ];

    private static readonly Lever Distance = new(Trait.Size, "camera.distance", [0.15, 0.25, 0.4, 0.6, 0.8, 1, 1.3, 1.7, 2.2, 3, 4, 6]);

    private static readonly Lever[] Handheld = [.. Common, new(Trait.Size, "hold.size", [0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1.1, 1.3, 1.5]), new(Trait.Turned, "hold.yaw", Degrees)];
    private static readonly Lever[] Shelf = [.. Common, Distance, new(Trait.Turned, "row.yaw", Degrees)];

    // Products lie on a table at any angle as it is.
    private static readonly Lever[] Tabletop = [.. Common, Distance];

    /// <summary>Those of a recipe's generator.</summary>
    public static IReadOnlyList<Lever> Of(Recipe recipe) => recipe switch
    {
        HandheldRecipe => Handheld,
        ShelfRecipe => Shelf,
        _ => Tabletop,
    };
}
