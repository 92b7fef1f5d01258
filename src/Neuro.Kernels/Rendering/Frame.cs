namespace Neuro.Kernels.Rendering;

/// <summary>What a camera sees of one scene: colours, depth, normals, instance ids.</summary>
/// <remarks>
/// Row-major, top row first. A frame can be used again for another scene of the same size.
/// Depth, normals and ids are those of the pixel's centre; colours are averaged over the scene's samples.
/// </remarks>
public sealed class Frame
{
    /// <summary>An empty frame of <paramref name="width"/> × <paramref name="height"/> pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not between 1 and <see cref="MaxSide"/>.</exception>
    public Frame(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MaxSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, MaxSide);
        Width = width;
        Height = height;
        Rgb = new byte[width * height * 3];
        Depth = new float[width * height];
        Normals = new float[width * height * 3];
        Ids = new int[width * height];
    }

    /// <value>The longest side a frame can have, in pixels.</value>
    public const int MaxSide = 4096;

    public int Width { get; }

    public int Height { get; }

    /// <summary>Colours, RGB8 interleaved: [H, W, 3].</summary>
    public byte[] Rgb { get; }

    /// <summary>Metres along the optical axis, [H, W]; +∞ where nothing is.</summary>
    public float[] Depth { get; }

    /// <summary>Unit surface normals in world axes, xyz interleaved: [H, W, 3]; zero where nothing is.</summary>
    public float[] Normals { get; }

    /// <summary>Instance ids, [H, W]; 0 is whatever carries no label: shelf, floor, unknown cartons, background.</summary>
    public int[] Ids { get; }

    /// <summary>Pixels that each instance id would cover if it stood alone, inside the frame (amodal area); the index is the id, entry 0 is unused.</summary>
    /// <remarks>Counted by the primary rays themselves, see <see cref="Neuro.Kernels.Compute.IRenderBackend"/>.</remarks>
    public int[] UnoccludedArea { get; internal set; } = [];
}
