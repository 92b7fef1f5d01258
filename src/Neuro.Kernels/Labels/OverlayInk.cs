using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Labels;

/// <summary>Lines, dots and words over a picture.</summary>
internal sealed class OverlayInk
{
    private readonly Canvas canvas;
    private readonly Pen pen;

    public OverlayInk(Image image)
    {
        var texels = new uint[image.Width * image.Height];
        for (var at = 0; at < texels.Length; at++)
        {
            texels[at] = new Colour(image.Rgb[3 * at], image.Rgb[(3 * at) + 1], image.Rgb[(3 * at) + 2]).Texel;
        }

        canvas = new Canvas(image.Width, image.Height, texels);
        pen = canvas.Pen;
        Width = Math.Max(1, image.Height / 240f);
    }

    /// <summary>Of a line, pixels.</summary>
    public float Width { get; }

    public Image Image => canvas.ToImage();

    public static Colour Of(int number)
    {
        var (r, g, b) = Overlay.Colour(number);
        return new Colour((byte)(r * 0.8f), (byte)(g * 0.8f), (byte)(b * 0.8f));
    }

    public void Line(Colour colour, float width, params ReadOnlySpan<(float X, float Y)> points)
    {
        var drawn = new List<(float X, float Y)>(points.Length);
        foreach (var point in points)
        {
            // A stroke of no length has no direction.
            if (drawn.Count == 0 || drawn[^1] != point)
            {
                drawn.Add(point);
            }
        }

        if (drawn.Count > 1)
        {
            pen.Stroke(colour, width, drawn.ToArray());
        }
    }

    public void Box(Colour colour, float width, BoundingBox box)
    {
        var (left, top, right, bottom) = (box.X + (width / 2), box.Y + (width / 2), box.X + box.Width - (width / 2), box.Y + box.Height - (width / 2));
        Line(colour, width, (left, top), (right, top), (right, bottom), (left, bottom), (left, top));
    }

    public void Dot(Colour colour, float x, float y, float radius)
    {
        pen.Circle(x, y, radius + (Width / 2), Colour.White);
        pen.Circle(x, y, radius, colour);
    }

    /// <summary>Lines of words around a place, on a plate that keeps them readable; never wider than <paramref name="most"/>.</summary>
    public void Words(Colour colour, float x, float y, float most, params ReadOnlySpan<string> lines)
    {
        var height = canvas.Height / 40f;
        var top = y - (height * 0.75f * (lines.Length - 1));
        foreach (var line in lines)
        {
            var width = Math.Min(most, line.Length * height * 0.95f);
            pen.Rectangle(x - (width / 2) - 1, top - (height * 0.7f), width + 2, height * 1.4f, Colour.White);
            StrokeFont.Draw(pen, line, x, top, height, width, colour);
            top += height * 1.5f;
        }
    }

    /// <summary>Mixes a colour into the pixels of a mask.</summary>
    public static void Tint(byte[] rgb, RunLength mask, (float R, float G, float B) colour, float opacity)
    {
        var covered = mask.Decode();
        for (var at = 0; at < covered.Length; at++)
        {
            if (covered[at])
            {
                Mix(rgb.AsSpan(3 * at, 3), colour, opacity);
            }
        }
    }

    public static void Mix(Span<byte> pixel, (float R, float G, float B) colour, float opacity)
    {
        pixel[0] = (byte)(pixel[0] + ((colour.R - pixel[0]) * opacity));
        pixel[1] = (byte)(pixel[1] + ((colour.G - pixel[1]) * opacity));
        pixel[2] = (byte)(pixel[2] + ((colour.B - pixel[2]) * opacity));
    }
}
