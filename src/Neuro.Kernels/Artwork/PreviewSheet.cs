using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Artwork;

/// <summary>Pictures made small, side by side, with a watermark over all of them: what anyone may see of what is for sale.</summary>
public static class PreviewSheet
{
    private const int Columns = 4;
    private const int Gap = 4;
    private const int TallestShare = 2;
    private const float LetterHeight = 19;
    private const float LineSpacing = 66;
    private const double Slope = -0.42;

    // Light letters with a dark edge show on white paper and on black shadow alike, and no repaint takes away both.
    private const int LightShare = 104;
    private const int DarkShare = 88;

    /// <summary>Lays pictures out in rows of four and prints <paramref name="mark"/> across them again and again.</summary>
    /// <param name="pictures">At least one, of any sizes; all become as large as the first one would.</param>
    /// <param name="width">Of each on the sheet, pixels.</param>
    /// <param name="mark">Capitals, digits, spaces.</param>
    public static Image Draw(IReadOnlyList<Image> pictures, int width, string mark)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pictures.Count);
        var height = Math.Clamp(pictures[0].Height * width / pictures[0].Width, 1, TallestShare * width);
        var columns = Math.Min(Columns, pictures.Count);
        var (across, down) = ((columns * (width + Gap)) - Gap, ((pictures.Count + columns - 1) / columns * (height + Gap)) - Gap);
        var rgb = new byte[3 * across * down];
        Array.Fill(rgb, byte.MaxValue);
        for (var i = 0; i < pictures.Count; i++)
        {
            var (small, left, top) = (Smaller(pictures[i], width, height), i % columns * (width + Gap), i / columns * (height + Gap));
            for (var y = 0; y < height; y++)
            {
                small.AsSpan(3 * y * width, 3 * width).CopyTo(rgb.AsSpan(3 * (((top + y) * across) + left)));
            }
        }

        Print(rgb, across, down, mark);
        return new Image(across, down, rgb);
    }

    private static void Print(byte[] rgb, int width, int height, string mark)
    {
        var (edge, letters) = (Letters(width, height, mark, weight: 0.34f), Letters(width, height, mark, weight: 0.16f));
        for (var at = 0; at < width * height; at++)
        {
            var (dark, light) = ((int)(edge[at] & 255) * DarkShare / 255, (int)(letters[at] & 255) * LightShare / 255);
            for (var channel = 3 * at; channel < (3 * at) + 3; channel++)
            {
                var darker = rgb[channel] * (255 - dark) / 255;
                rgb[channel] = (byte)(darker + ((255 - darker) * light / 255));
            }
        }
    }

    /// <summary>White letters on black: how much of each pixel the mark covers.</summary>
    private static uint[] Letters(int width, int height, string mark, float weight)
    {
        var canvas = new Canvas(width, height, Colour.Black);
        var pen = canvas.Pen.Moved(width / 2f, height / 2f).Turned(Slope);
        var reach = width + height;
        var step = LetterHeight * (mark.Length + 3);
        var line = 0;
        for (var y = -(reach / LineSpacing) * LineSpacing; y < reach; y += LineSpacing, line++)
        {
            // Every other line is moved by half a word, so that no upright strip stays free.
            for (var x = -reach - (line % 2 * step / 2); x < reach; x += step)
            {
                StrokeFont.Draw(pen, mark, x, y, LetterHeight, step, Colour.White, weight);
            }
        }

        return canvas.Texels;
    }

    /// <summary>Each pixel is the mean of what it covers, whole pixels of the original for those that it touches.</summary>
    private static byte[] Smaller(Image image, int width, int height)
    {
        var rgb = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom) = Covered(y, height, image.Height);
            for (var x = 0; x < width; x++)
            {
                var (left, right) = Covered(x, width, image.Width);
                var (red, green, blue) = (0, 0, 0);
                for (var row = top; row < bottom; row++)
                {
                    for (var at = 3 * ((row * image.Width) + left); at < 3 * ((row * image.Width) + right); at += 3)
                    {
                        (red, green, blue) = (red + image.Rgb[at], green + image.Rgb[at + 1], blue + image.Rgb[at + 2]);
                    }
                }

                var (count, to) = ((bottom - top) * (right - left), 3 * ((y * width) + x));
                (rgb[to], rgb[to + 1], rgb[to + 2]) = ((byte)(red / count), (byte)(green / count), (byte)(blue / count));
            }
        }

        return rgb;
    }

    private static (int From, int To) Covered(int at, int of, int original)
    {
        var from = (int)((long)at * original / of);
        return (from, Math.Max(from + 1, (int)((((long)at + 1) * original + of - 1) / of)));
    }
}
