using System.Buffers;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>One sample of a recipe: everything a camera needs to see, ready for the kernel. Immutable.</summary>
public sealed class Scene
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Rays per pixel for the colours of edges, and of all pixels that lens or motion blurs.</summary>
    public required int Samples { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Number of the image within its dataset.</summary>
    public required int Index { get; init; }

    public required Camera Camera { get; init; }

    public required Lighting Lighting { get; init; }

    public required Photometrics Photometrics { get; init; }

    /// <summary>The labelled products; the one with id k is at index k−1. Shelves and unknown cartons are in the picture, not in this list.</summary>
    public required IReadOnlyList<SceneInstance> Instances { get; init; }

    /// <summary>Empty places.</summary>
    public IReadOnlyList<SceneGap> Gaps { get; init; } = [];

    /// <summary>Price tags.</summary>
    public IReadOnlyList<ScenePriceTag> PriceTags { get; init; } = [];

    /// <summary>Whether it is also rendered what each product would cover if it stood alone (<see cref="Frame.UnoccludedArea"/>).</summary>
    public bool WantsSilhouettes { get; init; } = true;

    internal Primitive[] Primitives { get; init; } = [];

    internal BvhNode[] Nodes { get; init; } = [];

    /// <summary>Gives the texels back to the shared pool, for whoever made the scene and is done with it; it cannot be rendered again. Megabytes of garbage a picture otherwise.</summary>
    public void Recycle() => ArrayPool<uint>.Shared.Return(Texels);

    /// <summary>All textures one after another, RGBA8 little endian; what is behind <see cref="TexelCount"/> means nothing.</summary>
    internal uint[] Texels { get; init; } = [];

    internal int TexelCount { get; init; }

    /// <summary>Dust on the lens.</summary>
    internal Speck[] Specks { get; init; } = [];

    internal bool HasGlass => Array.Exists(Primitives, primitive => primitive.Glass != 0);
}
