using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Labels;

/// <summary>Labels drawn so that a person sees them.</summary>
public static class Overlay
{
    private const float MaskOpacity = 0.35f;

    /// <summary>The picture with translucent masks and boxes, a colour for each class.</summary>
    /// <exception cref="ArgumentException">The labels are those of a picture of another size.</exception>
    public static Image Draw(Image image, ImageLabels labels)
    {
        RequireSameSize(image, labels);
        var rgb = (byte[])image.Rgb.Clone();
        foreach (var instance in labels.Instances)
        {
            ForEachPixel(instance.Mask, at => Blend(rgb, at, Colour(instance.ClassId), MaskOpacity));
        }

        foreach (var instance in labels.Instances)
        {
            Outline(rgb, image.Width, image.Height, instance.Box, Colour(instance.ClassId));
        }

        return image with { Rgb = rgb };
    }

    /// <summary>Each instance in a colour of its own on black.</summary>
    public static Image InstanceMask(ImageLabels labels)
    {
        var rgb = new byte[3 * labels.Width * labels.Height];
        foreach (var instance in labels.Instances)
        {
            ForEachPixel(instance.Mask, at => Blend(rgb, at, Colour(instance.Id), 1));
        }

        return new Image(labels.Width, labels.Height, rgb);
    }

    /// <summary>Depth in false colours, near is yellow, far is dark blue, nothing is black; stretched between the nearest and the farthest hundredth.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="metres">Row-major, +∞ where nothing is.</param>
    public static Image Depth(int width, int height, ReadOnlySpan<float> metres)
    {
        if (metres.Length != width * height)
        {
            throw new ArgumentException($"A depth picture of {width} × {height} needs {width * height} values; there are {metres.Length}.");
        }

        var hit = metres.ToArray().Where(float.IsFinite).Order().ToArray();
        var rgb = new byte[3 * metres.Length];
        if (hit.Length == 0)
        {
            return new Image(width, height, rgb);
        }

        var (near, far) = (hit[hit.Length / 100], hit[hit.Length - 1 - (hit.Length / 100)]);
        for (var at = 0; at < metres.Length; at++)
        {
            if (float.IsFinite(metres[at]))
            {
                var share = Math.Clamp((metres[at] - near) / Math.Max(1e-6f, far - near), 0, 1);
                Blend(rgb, at, FalseColour(1 - share), 1);
            }
        }

        return new Image(width, height, rgb);
    }

    /// <summary>A colour for a number, far from those of its neighbours: hues turned by the golden ratio.</summary>
    internal static (float R, float G, float B) Colour(int number)
    {
        var hue = number * 0.618034f % 1 * 6;
        var value = number % 3 == 1 ? 190 : 255;
        var ramp = value * (1 - Math.Abs((hue % 2) - 1));
        return (int)hue switch
        {
            0 => (value, ramp, 40),
            1 => (ramp, value, 40),
            2 => (40, value, ramp),
            3 => (40, ramp, value),
            4 => (ramp, 40, value),
            _ => (value, 40, ramp),
        };
    }

    /// <summary>0 dark blue, through violet and orange, to 1 yellow: brightness rises all the way, so it also reads in grey.</summary>
    private static (float R, float G, float B) FalseColour(float share)
    {
        (float R, float G, float B)[] stops = [(18, 10, 70), (110, 20, 130), (205, 60, 95), (245, 140, 40), (250, 235, 120)];
        var place = share * (stops.Length - 1);
        var from = Math.Min((int)place, stops.Length - 2);
        var rest = place - from;
        var (a, b) = (stops[from], stops[from + 1]);
        return (a.R + ((b.R - a.R) * rest), a.G + ((b.G - a.G) * rest), a.B + ((b.B - a.B) * rest));
    }

    private static void ForEachPixel(RunLength mask, Action<int> visit)
    {
        var at = 0;
        for (var run = 0; run < mask.Counts.Count; run++)
        {
            for (var end = at + mask.Counts[run]; at < end; at++)
            {
                if ((run & 1) == 1)
                {
                    visit((at % mask.Height * mask.Width) + (at / mask.Height));
                }
            }
        }
    }

    private static void Outline(byte[] rgb, int width, int height, BoundingBox box, (float R, float G, float B) colour)
    {
        var thickness = Math.Max(1, height / 240);
        for (var y = box.Y; y < Math.Min(height, box.Y + box.Height); y++)
        {
            for (var x = box.X; x < Math.Min(width, box.X + box.Width); x++)
            {
                var inset = Math.Min(Math.Min(x - box.X, box.X + box.Width - 1 - x), Math.Min(y - box.Y, box.Y + box.Height - 1 - y));
                if (inset < thickness)
                {
                    Blend(rgb, (y * width) + x, colour, 1);
                }
            }
        }
    }

    private static void Blend(byte[] rgb, int pixel, (float R, float G, float B) colour, float opacity)
    {
        var texel = rgb.AsSpan(3 * pixel, 3);
        texel[0] = (byte)(texel[0] + ((colour.R - texel[0]) * opacity));
        texel[1] = (byte)(texel[1] + ((colour.G - texel[1]) * opacity));
        texel[2] = (byte)(texel[2] + ((colour.B - texel[2]) * opacity));
    }

    private static void RequireSameSize(Image image, ImageLabels labels)
    {
        if ((image.Width, image.Height) != (labels.Width, labels.Height))
        {
            throw new ArgumentException($"The picture is {image.Width} × {image.Height}, its labels are for {labels.Width} × {labels.Height} pixels.");
        }
    }
}
