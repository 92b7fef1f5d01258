namespace Neuro.Kernels.Labels;

/// <summary>The labels of one image.</summary>
/// <param name="Index">Number of the image within its dataset.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Camera">The camera that took it.</param>
/// <param name="Instances">Products of which at least one pixel is visible, by id.</param>
/// <param name="Gaps">Empty places of a shelf that lie in the frame: out of stock.</param>
/// <param name="PriceTags">Price tags of a shelf that lie in the frame.</param>
public sealed record ImageLabels(
    int Index, int Width, int Height, CameraLabel Camera, IReadOnlyList<Instance> Instances, IReadOnlyList<Gap> Gaps, IReadOnlyList<PriceTag> PriceTags)
{
    /// <summary>Equal when every member is.</summary>
    public bool Equals(ImageLabels? other) =>
        other is not null
        && (Index, Width, Height, Camera) == (other.Index, other.Width, other.Height, other.Camera)
        && Instances.SequenceEqual(other.Instances)
        && Gaps.SequenceEqual(other.Gaps)
        && PriceTags.SequenceEqual(other.PriceTags);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Index, Width, Height, Camera, Instances.Count);
}

/// <summary>A camera as OpenCV describes one: x right, y down, z forward.</summary>
/// <param name="FocalX">Focal length in pixels along x.</param>
/// <param name="FocalY">Focal length in pixels along y.</param>
/// <param name="CentreX">Principal point, pixels from the left.</param>
/// <param name="CentreY">Principal point, pixels from the top.</param>
/// <param name="K1">First radial distortion coefficient: r ↦ r · (1 + K1 r² + K2 r⁴) from ideal to distorted, r in units of the focal length.</param>
/// <param name="K2">Second radial distortion coefficient.</param>
/// <param name="Pose">From the world (metres; x right, y up, z out of the shelf) to the camera.</param>
public sealed record CameraLabel(float FocalX, float FocalY, float CentreX, float CentreY, float K1, float K2, Pose Pose)
{
    /// <summary>A plain pinhole camera at the world's origin with a field of view of 90°; for labels that came without one.</summary>
    public static CameraLabel Unknown(int width, int height) =>
        new(height / 2f, height / 2f, width / 2f, height / 2f, 0, 0, new Pose(System.Numerics.Quaternion.Identity, default));
}

/// <summary>An empty place on a shelf.</summary>
/// <param name="Row">Shelf row, 0 the lowest.</param>
/// <param name="Facing">Place in its row from the left.</param>
/// <param name="Slot">Planogram slot it belongs to.</param>
/// <param name="ClassId">What should stand there, index in the catalogue; −1 if an unknown article.</param>
/// <param name="Box">Where the missing product's front would be seen, clipped to the frame.</param>
public sealed record Gap(int Row, int Facing, int Slot, int ClassId, BoundingBox Box);

/// <summary>A price tag on a shelf's rail.</summary>
/// <param name="Id">Number of the tag within the scene, from 0.</param>
/// <param name="Row">Shelf row whose products it prices.</param>
/// <param name="Slot">Planogram slot that it prices.</param>
/// <param name="ClassId">The priced product's index in the catalogue; −1 if an unknown article.</param>
/// <param name="Box">Where it is seen, clipped to the frame.</param>
public sealed record PriceTag(int Id, int Row, int Slot, int ClassId, BoundingBox Box);
