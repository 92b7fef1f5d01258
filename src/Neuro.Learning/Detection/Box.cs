using Neuro.Kernels.Labels;

namespace Neuro.Learning.Detection;

/// <summary>A box in pixels by COCO's convention: left, top, width, height; not bound to whole pixels.</summary>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    public double Area => Width * Height;

    /// <summary>A box of whole pixels is one.</summary>
    public static implicit operator Box(BoundingBox box) => new(box.X, box.Y, box.Width, box.Height);

    public static Box FromCorners(double left, double top, double right, double bottom) => new(left, top, right - left, bottom - top);

    /// <summary>Left, top, right, bottom.</summary>
    internal float[] Corners() => [(float)X, (float)Y, (float)(X + Width), (float)(Y + Height)];

    /// <summary>The area that both cover.</summary>
    public double SharedArea(Box other)
    {
        var width = Math.Min(Width + X, other.Width + other.X) - Math.Max(X, other.X);
        var height = Math.Min(Height + Y, other.Height + other.Y) - Math.Max(Y, other.Y);
        return width > 0 && height > 0 ? width * height : 0;
    }

    /// <summary>Intersection over union, 0 to 1; 0 where they do not meet.</summary>
    public double Iou(Box other)
    {
        var shared = SharedArea(other);
        return shared > 0 ? shared / (Area + other.Area - shared) : 0;
    }

    /// <summary>Whether it lies at finite coordinates and has no negative side.</summary>
    internal bool IsValid => double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Width) && double.IsFinite(Height) && Width >= 0 && Height >= 0;
}
