using Neuro.Kernels.Formats;
using Neuro.Learning.Dense;
using Neuro.Learning.Detection;

namespace Neuro.Learning.Training.Figures;

/// <summary>Labels and answers drawn over pictures.</summary>
internal static class Paint
{
    // As Svg.Colour, bright enough on photos.
    private static readonly (byte R, byte G, byte B)[] Colours = [(86, 180, 233), (213, 94, 0), (0, 158, 115), (204, 121, 167), (240, 228, 66), (230, 159, 0), (0, 114, 178)];
    private const int Faint = 90;

    /// <summary>Frames of boxes, a colour a class.</summary>
    public static Image Boxes(Image picture, IEnumerable<(int ClassId, Box Box)> boxes)
    {
        var rgb = picture.Rgb.ToArray();
        foreach (var (classId, box) in boxes)
        {
            var (left, top) = (Held(box.X, picture.Width), Held(box.Y, picture.Height));
            var (right, bottom) = (Held(box.X + box.Width - 1, picture.Width), Held(box.Y + box.Height - 1, picture.Height));
            for (var x = left; x <= right; x++)
            {
                Set(rgb, (top * picture.Width) + x, classId);
                Set(rgb, (bottom * picture.Width) + x, classId);
            }

            for (var y = top; y <= bottom; y++)
            {
                Set(rgb, (y * picture.Width) + left, classId);
                Set(rgb, (y * picture.Width) + right, classId);
            }
        }

        return picture with { Rgb = rgb };

        static int Held(double at, int side) => (int)Math.Clamp(Math.Round(at), 0, side - 1);
    }

    /// <summary>A tint a class; class 0 is left as it is.</summary>
    /// <param name="classes">Of each pixel, row-major.</param>
    public static Image Classes(Image picture, Func<int, int> classes)
    {
        var rgb = picture.Rgb.ToArray();
        for (var i = 0; i < picture.Width * picture.Height; i++)
        {
            if (classes(i) is > 0 and var one)
            {
                var (r, g, b) = Colours[(one - 1) % Colours.Length];
                (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = (Mixed(rgb[3 * i], r), Mixed(rgb[(3 * i) + 1], g), Mixed(rgb[(3 * i) + 2], b));
            }
        }

        return picture with { Rgb = rgb };

        static byte Mixed(byte below, byte above) => (byte)(((below * Faint) + (above * (255 - Faint))) / 255);
    }

    /// <summary>What a picture shows, as a step learns it: tints where pixels are known, and boxes.</summary>
    public static Image Labels(Image picture, PictureLabels labels)
    {
        var classes = labels.Ids is null ? null : labels.Classes();
        return Boxes(classes is null ? picture : Classes(picture, i => (int)classes[i]), labels.Objects.Where(one => !one.Ignored).Select(one => (one.ClassId, one.Box)));
    }

    private static void Set(byte[] rgb, int at, int classId) => (rgb[3 * at], rgb[(3 * at) + 1], rgb[(3 * at) + 2]) = Colours[classId % Colours.Length];
}
