namespace Neuro.Learning.Detection;

/// <summary>Boxes as numbers in a row: left, top, right, bottom of each. For what no gradient passes through.</summary>
internal static class Corners
{
    /// <summary>How many boxes a row of numbers holds.</summary>
    /// <exception cref="ArgumentException">Not four numbers a box.</exception>
    public static int Count(ReadOnlySpan<float> boxes) =>
        boxes.Length % 4 == 0 ? boxes.Length / 4 : throw new ArgumentException($"Boxes have four numbers each; there are {boxes.Length}.");

    /// <summary>Intersection over union of one box with another; 0 where they do not meet.</summary>
    public static float Iou(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var width = MathF.Min(a[2], b[2]) - MathF.Max(a[0], b[0]);
        var height = MathF.Min(a[3], b[3]) - MathF.Max(a[1], b[1]);
        if (!(width > 0 && height > 0))
        {
            return 0;
        }

        var shared = width * height;
        return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared);
    }
}
