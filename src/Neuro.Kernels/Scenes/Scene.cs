using System.Numerics;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>One sample of a recipe: everything a camera needs to see, ready for the kernel. Immutable.</summary>
public sealed class Scene
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Rays per pixel for the colours: 1 or 4.</summary>
    public required int Samples { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Number of the image within its dataset.</summary>
    public required int Index { get; init; }

    public required Camera Camera { get; init; }

    public required Lighting Lighting { get; init; }

    public required Photometrics Photometrics { get; init; }

    /// <summary>The labelled products; the one with id k is at index k−1. Shelves and unknown cartons are in the picture, not in this list.</summary>
    public required IReadOnlyList<SceneInstance> Instances { get; init; }

    /// <summary>Whether rays count every product they pass through (<see cref="Frame.UnoccludedArea"/>), not only the nearest.</summary>
    public bool CountsUnoccluded { get; init; } = true;

    internal Primitive[] Primitives { get; init; } = [];

    internal BvhNode[] Nodes { get; init; } = [];

    /// <summary>All textures one after another, RGBA8 little endian.</summary>
    internal uint[] Texels { get; init; } = [];
}

/// <summary>The one lamp and what comes from everywhere else.</summary>
/// <param name="Position">Of the lamp, metres.</param>
/// <param name="Colour">Its irradiance at one metre, linear RGB.</param>
/// <param name="Ambient">Linear RGB from straight above; from below comes 60 % of it.</param>
/// <param name="Gloom">How much of the ambient light is lost per metre behind the shelf's front edge (z = 0).</param>
/// <param name="Background">Linear RGB where nothing is.</param>
public sealed record Lighting(Vector3 Position, Vector3 Colour, Vector3 Ambient, float Gloom, Vector3 Background);
