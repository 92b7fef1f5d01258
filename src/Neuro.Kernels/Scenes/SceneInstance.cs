using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Scenes;

/// <summary>A labelled product in a scene.</summary>
/// <param name="Id">The value in <see cref="Rendering.Frame.Ids"/>, from 1.</param>
/// <param name="ClassId">Index of the product in its catalogue.</param>
/// <param name="Sku">The product's stock-keeping unit.</param>
/// <param name="Placing">From its own axes (x right, y up, z out of the front, origin in the middle of its box) to the world's (x right, y up, z out of the shelf).</param>
/// <param name="Size">Width, height, depth in metres in its own axes.</param>
/// <param name="Place">Where it stands on a shelf.</param>
public sealed record SceneInstance(int Id, int ClassId, string Sku, Placing Placing, Vector3 Size, ShelfPlace? Place)
{
    /// <summary>Its primitives in the scene.</summary>
    internal int FirstPrimitive { get; init; }

    internal int PrimitiveCount { get; init; }
}

/// <summary>An empty place: where the missing product would stand.</summary>
/// <param name="Centre">Of the missing product, metres.</param>
/// <param name="Size">Its width, height, depth in metres.</param>
public sealed record SceneGap(int Row, int Facing, int Slot, int ClassId, Vector3 Centre, Vector3 Size);

/// <summary>A price tag on a rail.</summary>
/// <param name="Centre">Of the tag, metres.</param>
/// <param name="Size">Its width and height in metres; it faces out of the shelf.</param>
public sealed record ScenePriceTag(int Id, int Row, int Slot, int ClassId, Vector3 Centre, Vector2 Size);
