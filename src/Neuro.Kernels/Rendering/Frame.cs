using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Rendering;

/// <summary>What a camera sees of one scene: colours, depth, normals, instance ids, and the maps that were asked for.</summary>
/// <remarks>
/// Row-major, top row first. A frame can be used again for another scene of the same size.
/// All but the colours are those of the pixel's centre, through the middle of the lens in the middle of the exposure; colours are averaged over the scene's samples.
/// </remarks>
public sealed class Frame
{
    /// <summary>An empty frame of <paramref name="width"/> × <paramref name="height"/> pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not between 1 and <see cref="MaxSide"/>.</exception>
    public Frame(int width, int height, FrameMaps maps = FrameMaps.None)
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
        Parts = maps.HasFlag(FrameMaps.Parts) ? new byte[width * height] : null;
        Albedo = maps.HasFlag(FrameMaps.Albedo) ? new byte[width * height * 3] : null;
        Irradiance = maps.HasFlag(FrameMaps.Irradiance) ? new float[width * height * 3] : null;
        Shadow = maps.HasFlag(FrameMaps.Shadow) ? new byte[width * height] : null;
        Uv = maps.HasFlag(FrameMaps.Uv) ? new float[width * height * 2] : null;
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

    /// <summary>Parts of products (<see cref="Part"/>), [H, W]; 0 where no labelled product is.</summary>
    public byte[]? Parts { get; internal set; }

    /// <summary>Reflectance without light, as it is seen through glass, RGB8 interleaved, encoded as pictures are: [H, W, 3].</summary>
    public byte[]? Albedo { get; internal set; }

    /// <summary>Light that falls on the surface, linear RGB interleaved, 1 makes white paper white: [H, W, 3].</summary>
    public float[]? Irradiance { get; internal set; }

    /// <summary>Share of the lamps that is not seen from the surface, 0 lit to 255 in full shadow: [H, W].</summary>
    public byte[]? Shadow { get; internal set; }

    /// <summary>Place in the picture of the surface's face, u from its left and v from its top edge, 0 to 1: [H, W, 2]; −1 where there is none.</summary>
    public float[]? Uv { get; internal set; }

    /// <summary>Pixels that each instance id would cover if it stood alone, inside the frame (amodal area); the index is the id, entry 0 is unused. 0 for what is not seen at all.</summary>
    public IReadOnlyList<int> UnoccludedArea => [0, .. Silhouettes.Select(silhouette => silhouette.Mask?.Area ?? 0)];

    /// <summary>What each instance would cover if it stood alone; the one with id k is at index k − 1.</summary>
    internal Silhouette[] Silhouettes { get; set; } = [];

    internal bool HasLightMaps => Albedo is not null || Irradiance is not null || Shadow is not null;

    /// <summary>Room for <see cref="Rendering.Planes"/>, made when a scene first needs it.</summary>
    internal float[] Planes => planes ??= NewPlanes();

    private float[]? planes;

    private float[] NewPlanes()
    {
        var made = new float[Rendering.Planes.Count * Rendering.Planes.Size(Width, Height)];
        // All bits set: in the margin the keys are no surface and the weights are NaN.
        Array.Fill(made, BitConverter.Int32BitsToSingle(-1));
        return made;
    }
}

/// <summary>The maps that a frame holds beside colours, depth, normals and ids.</summary>
[Flags]
public enum FrameMaps
{
    None = 0,
    Parts = 1,
    Albedo = 2,
    Irradiance = 4,
    Shadow = 8,
    Uv = 16,
    All = 31,
}

/// <summary>What one product covers if it stands alone.</summary>
/// <param name="Mask">The covered pixels of the frame.</param>
/// <param name="Beyond">Covered pixels outside the frame, followed for half a frame's width and height.</param>
internal readonly record struct Silhouette(RunLength? Mask, int Beyond);
