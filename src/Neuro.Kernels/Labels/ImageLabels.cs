namespace Neuro.Kernels.Labels;

/// <summary>Everything known about one product in one image.</summary>
/// <param name="Id">Its value in the id picture, from 1.</param>
/// <param name="ClassId">Its index in the catalogue.</param>
/// <param name="Sku">The catalogue's key for it.</param>
/// <param name="Box">Tight box of the visible pixels.</param>
/// <param name="Area">Visible pixels.</param>
/// <param name="UnoccludedArea">Pixels it would cover in this frame if it stood alone.</param>
/// <param name="Truncated">Whether a visible pixel lies on the frame's rim, so that it may go on outside.</param>
/// <param name="Mask">The visible pixels.</param>
/// <param name="Row">Shelf row, 0 the lowest.</param>
/// <param name="Facing">Place in its row from the left, 0 the first.</param>
public sealed record Instance(int Id, int ClassId, string Sku, BoundingBox Box, int Area, int UnoccludedArea, bool Truncated, RunLength Mask, int Row, int Facing)
{
    /// <summary>Visible share of the pixels that it would cover if it stood alone, above 0 to 1.</summary>
    public float Visibility => Area / (float)UnoccludedArea;
}

/// <summary>The labels of one image.</summary>
/// <param name="Index">Number of the image within its dataset.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Instances">Products of which at least one pixel is visible, by id.</param>
public sealed record ImageLabels(int Index, int Width, int Height, IReadOnlyList<Instance> Instances)
{
    /// <summary>Equal when every instance is.</summary>
    public bool Equals(ImageLabels? other) =>
        other is not null && (Index, Width, Height) == (other.Index, other.Width, other.Height) && Instances.SequenceEqual(other.Instances);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Index, Width, Height, Instances.Count);
}
