using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>A dataset that came from elsewhere, in no format's words.</summary>
/// <param name="ClassNames">By class id.</param>
/// <param name="Images">In the order of their names or of their list.</param>
public sealed record ExternalDataset(IReadOnlyList<string> ClassNames, IReadOnlyList<ExternalImage> Images)
{
    /// <summary>Names of coarser classes, by coarse id; empty where the format has none.</summary>
    public IReadOnlyList<string> CoarseNames { get; init; } = [];

    /// <summary>Coarse id of each class; empty where the format has none.</summary>
    public IReadOnlyList<int> CoarseOf { get; init; } = [];

    /// <summary>Path of each class's clean product picture; empty where the format has none.</summary>
    public IReadOnlyList<string> Iconic { get; init; } = [];
}

/// <summary>A picture with its labels.</summary>
/// <param name="Path">The picture's file.</param>
/// <param name="Width">Pixels; 0 where neither format nor need said so.</param>
/// <param name="Height">Pixels, as the width.</param>
/// <param name="Objects">What is in it.</param>
public sealed record ExternalImage(string Path, int Width, int Height, IReadOnlyList<ExternalObject> Objects)
{
    private const long MaxBytes = 64L << 20;

    /// <summary>What the whole picture shows, in formats for classifiers.</summary>
    public int? ClassId { get; init; }

    /// <summary>The part it belongs to, such as <c>train</c>; empty where the format has none.</summary>
    public string Split { get; init; } = "";

    /// <summary>Reads and decodes the picture.</summary>
    /// <exception cref="PictureException">It is none.</exception>
    /// <exception cref="ExchangeException"><c>import.too_large</c>.</exception>
    public Image Decode() => new FileInfo(Path).Length <= MaxBytes
        ? Codec.Decode(File.ReadAllBytes(Path), Path)
        : throw new ExchangeException("import.too_large", $"{Path} is {new FileInfo(Path).Length:N0} bytes; at most {MaxBytes:N0} are read.");

    /// <summary>The pixels of an object: its run lengths, or its polygons, each filled by the even-odd rule; none if it has neither.</summary>
    public RunLength? MaskOf(ExternalObject one) =>
        one.Runs ?? (one.Polygons.Count > 0 && Width > 0 ? MaskPolygons.Fill(Width, Height, one.Polygons) : null);
}

/// <summary>Something in a picture.</summary>
public sealed record ExternalObject
{
    /// <summary>Index in <see cref="ExternalDataset.ClassNames"/>.</summary>
    public required int ClassId { get; init; }

    /// <summary>Its box.</summary>
    public required ExternalBox Box { get; init; }

    /// <summary>Its pixels as run lengths, where the format has them.</summary>
    public RunLength? Runs { get; init; }

    /// <summary>Its outlines in pixels, where the format has them; each is filled by the even-odd rule, and it is whatever is in one of them.</summary>
    public IReadOnlyList<IReadOnlyList<Vector2>> Polygons { get; init; } = [];

    /// <summary>Its points, where the format has them.</summary>
    public IReadOnlyList<Keypoint> Keypoints { get; init; } = [];

    /// <summary>Its turned box, where the format has one.</summary>
    public OrientedBox? OrientedBox { get; init; }

    /// <summary>Its box in space, where the format has one.</summary>
    public ExternalBox3D? Box3D { get; init; }

    /// <summary>Share outside the frame, 0 to 1, where the format says so.</summary>
    public double? Truncation { get; init; }
}

/// <summary>A box in pixels: left, top, width, height.</summary>
public readonly record struct ExternalBox(double X, double Y, double Width, double Height);

/// <summary>A box in space.</summary>
/// <param name="Size">Width, height, depth in metres.</param>
/// <param name="Pose">From its own axes (x right, y up, z out of its front) to the camera's (x right, y down, z forward).</param>
public sealed record ExternalBox3D(Vector3 Size, Pose Pose);
