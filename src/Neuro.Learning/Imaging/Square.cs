using Neuro.Kernels.Formats;

namespace Neuro.Learning.Imaging;

/// <summary>A square region of a picture in pixels; it may reach beyond the edges.</summary>
internal readonly record struct Square(double Left, double Top, double Side)
{
    public static Square Around(double x, double y, double side) => new(x - side / 2, y - side / 2, side);

    /// <summary>The smallest square that holds the whole picture, around its centre, enlarged <paramref name="zoom"/> times: at 1 everything is seen, above it the middle.</summary>
    public static Square Whole(Image image, double zoom) => Around(image.Width / 2.0, image.Height / 2.0, Math.Max(image.Width, image.Height) / zoom);
}
