namespace Neuro.Kernels.Labels;

/// <summary>A tight box in pixels by COCO's convention: left, top, width, height; it covers columns X to X + Width − 1.</summary>
public readonly record struct BoundingBox(int X, int Y, int Width, int Height)
{
    /// <summary>Intersection over union with another box, 0 to 1.</summary>
    public double Iou(BoundingBox other)
    {
        var width = Math.Min(X + Width, other.X + other.Width) - Math.Max(X, other.X);
        var height = Math.Min(Y + Height, other.Y + other.Height) - Math.Max(Y, other.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        var shared = (double)width * height;
        return shared / ((double)Width * Height + (double)other.Width * other.Height - shared);
    }
}
