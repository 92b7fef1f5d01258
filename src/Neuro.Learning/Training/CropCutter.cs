using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Learning.Imaging;

namespace Neuro.Learning.Training;

/// <summary>Cuts one product with its surroundings out of a rendered picture.</summary>
internal static class CropCutter
{
    /// <summary>The square in which the product's longer side takes <paramref name="fill"/> of the side, centred on it.</summary>
    public static Square Region(BoundingBox box, double fill) =>
        Square.Around(box.X + box.Width / 2.0, box.Y + box.Height / 2.0, Math.Max(box.Width, box.Height) / fill);

    public static Crop Cut(Image image, Instance instance, int picture, int side)
    {
        var region = Region(instance.Box, Crop.Fill);
        var colours = Resampler.Square(image, region, side);
        var mask = BoxMask(instance);
        var rgba = new byte[side * side * 4];
        for (int y = 0, i = 0; y < side; y++)
        {
            var row = (int)Math.Floor(region.Top + (y + 0.5) * region.Side / side) - instance.Box.Y;
            for (var x = 0; x < side; x++, i++)
            {
                var column = (int)Math.Floor(region.Left + (x + 0.5) * region.Side / side) - instance.Box.X;
                colours.AsSpan(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
                rgba[4 * i + 3] = Inside(column, row, instance.Box) && mask[row * instance.Box.Width + column] ? byte.MaxValue : (byte)0;
            }
        }

        return new(rgba, instance.ClassId, picture, Math.Max(instance.Box.Width, instance.Box.Height));
    }

    private static bool Inside(int x, int y, BoundingBox box) => x >= 0 && y >= 0 && x < box.Width && y < box.Height;

    /// <summary>The mask within the instance's box only, row-major: run lengths are walked, not the picture.</summary>
    private static bool[] BoxMask(Instance instance)
    {
        var (box, height) = (instance.Box, instance.Mask.Height);
        var mask = new bool[box.Width * box.Height];
        var at = 0;
        for (var run = 0; run < instance.Mask.Counts.Count; run++)
        {
            var end = at + instance.Mask.Counts[run];
            for (; run % 2 == 1 && at < end; at++)
            {
                var (x, y) = (at / height - box.X, at % height - box.Y);
                if (Inside(x, y, box))
                {
                    mask[y * box.Width + x] = true;
                }
            }

            at = end;
        }

        return mask;
    }
}
