using System.Numerics;

namespace Neuro.Kernels.Labels;

/// <summary>Everything known about one product in one image.</summary>
public sealed record Instance
{
    /// <summary>Its value in the id picture, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>Its index in the catalogue.</summary>
    public required int ClassId { get; init; }

    /// <summary>The catalogue's key for it.</summary>
    public required string Sku { get; init; }

    /// <summary>Tight box of the visible pixels.</summary>
    public required BoundingBox Box { get; init; }

    /// <summary>Visible pixels.</summary>
    public required int Area { get; init; }

    /// <summary>The visible pixels.</summary>
    public required RunLength Mask { get; init; }

    /// <summary>Tight box, inside the frame, of the pixels that it would cover if it stood alone.</summary>
    public required BoundingBox AmodalBox { get; init; }

    /// <summary>Pixels it would cover in this frame if it stood alone.</summary>
    public required int UnoccludedArea { get; init; }

    /// <summary>The pixels of the frame that it would cover if it stood alone; the visible ones are among them.</summary>
    public required RunLength AmodalMask { get; init; }

    /// <summary>Share of its silhouette that lies outside the frame, 0 to 1; followed for half a frame beyond each rim.</summary>
    public required float Truncation { get; init; }

    /// <summary>The smallest turned rectangle around the visible pixels.</summary>
    public required OrientedBox OrientedBox { get; init; }

    /// <summary>From the product's own axes (x right, y up, z out of its front; metres; origin in the middle of its box) to the camera's (OpenCV: x right, y down, z forward).</summary>
    public required Pose Pose { get; init; }

    /// <summary>Width, height, depth in metres: with <see cref="Pose"/> the 3-D box.</summary>
    public required Vector3 Size { get; init; }

    /// <summary>The eight corners of the 3-D box as keypoints: the front face from its upper left corner clockwise as seen from outside, then the same four at the back.</summary>
    public required IReadOnlyList<Keypoint> Corners { get; init; }

    /// <summary>Degrees between the front's outward normal and the direction to the camera: 0 shows the front, 90 an edge, 180 the back.</summary>
    public required float FrontAngle { get; init; }

    /// <summary>Where it stands on a shelf; none in scenes without one.</summary>
    public ShelfPlace? Place { get; init; }

    /// <summary>Visible share of the pixels that it would cover if it stood alone, above 0 to 1.</summary>
    public float Visibility => Area / (float)UnoccludedArea;

    /// <summary>Whether a part of it lies outside the frame.</summary>
    public bool Truncated => Truncation > 0;

    /// <summary>Equal when every member is, the corners by their values.</summary>
    public bool Equals(Instance? other) =>
        other is not null
        && (Id, ClassId, Sku, Box, Area, AmodalBox, UnoccludedArea) == (other.Id, other.ClassId, other.Sku, other.Box, other.Area, other.AmodalBox, other.UnoccludedArea)
        && (Truncation, OrientedBox, Pose, Size, FrontAngle, Place) == (other.Truncation, other.OrientedBox, other.Pose, other.Size, other.FrontAngle, other.Place)
        && Mask.Equals(other.Mask)
        && AmodalMask.Equals(other.AmodalMask)
        && Corners.SequenceEqual(other.Corners);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, ClassId, Box, Area, UnoccludedArea);
}

/// <summary>A turned rectangle in pixels.</summary>
/// <param name="CentreX">Pixels from the left, 0.5 is the middle of the first column.</param>
/// <param name="CentreY">Pixels from the top.</param>
/// <param name="Width">Along its own first axis.</param>
/// <param name="Height">Along its own second axis.</param>
/// <param name="Angle">Degrees from the picture's x axis to the first axis, clockwise as seen (y points down); −45 up to, not including, 45.</param>
public readonly record struct OrientedBox(float CentreX, float CentreY, float Width, float Height, float Angle);

/// <summary>A rigid motion: x ↦ Rotation · x + Translation, metres.</summary>
public readonly record struct Pose(Quaternion Rotation, Vector3 Translation);

/// <summary>A point of a product in the picture.</summary>
/// <param name="X">Pixels from the left; may lie outside the frame.</param>
/// <param name="Y">Pixels from the top.</param>
/// <param name="Visibility">COCO's: 0 not in the picture (outside the frame or behind the camera), 1 in it but hidden, 2 visible.</param>
public readonly record struct Keypoint(float X, float Y, int Visibility);

/// <summary>A product's place on a shelf.</summary>
/// <param name="Row">Shelf row, 0 the lowest.</param>
/// <param name="Facing">Place in its row from the left, 0 the first.</param>
/// <param name="Layer">Place behind the front edge, 0 the front.</param>
/// <param name="Slot">Planogram slot: the run of neighbouring places that one article takes, numbered through the shelf from the lowest row's left end.</param>
/// <param name="PriceTag">Id of the tag that prices it, or −1.</param>
public readonly record struct ShelfPlace(int Row, int Facing, int Layer, int Slot, int PriceTag);
