using Neuro.Kernels.Formats;

namespace Neuro.Interactive.Formatting;

/// <summary>Makes pictures small enough to stand a dozen on a page.</summary>
internal static class Thumbnails
{
    /// <summary>The picture at 1/<paramref name="factor"/> of its size, each pixel the mean of those it stands for; what is left over at the right and the bottom is cut off.</summary>
    public static Image Smaller(Image image, int factor)
    {
        var (width, height) = (Math.Max(1, image.Width / factor), Math.Max(1, image.Height / factor));
        var rgb = new byte[3 * width * height];
        for (var at = 0; at < rgb.Length; at++)
        {
            var (x, y, channel) = (at / 3 % width * factor, at / 3 / width * factor, at % 3);
            var (right, bottom) = (Math.Min(x + factor, image.Width), Math.Min(y + factor, image.Height));
            var sum = 0;
            for (var row = y; row < bottom; row++)
            {
                for (var column = x; column < right; column++)
                {
                    sum += image.Rgb[3 * (row * image.Width + column) + channel];
                }
            }

            rgb[at] = (byte)(sum / ((right - x) * (bottom - y)));
        }

        return new Image(width, height, rgb);
    }
}
