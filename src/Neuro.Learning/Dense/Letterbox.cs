using Neuro.Kernels.Formats;
using Neuro.Learning.Detection;
using Neuro.Learning.Imaging;

namespace Neuro.Learning.Dense;

/// <summary>A whole picture in a square of the model's size, in its middle; beyond its edges the edge pixels go on.</summary>
internal readonly record struct Letterbox(Square Region, int Side)
{
    public static Letterbox Of(Image picture, int side) => new(Square.Whole(picture, 1), side);

    private double Scale => Side / Region.Side;

    public byte[] Pixels(Image picture) => Resampler.Square(picture, Region, Side);

    /// <summary>A box of the picture in the square.</summary>
    public Box In(Box box) => new((box.X - Region.Left) * Scale, (box.Y - Region.Top) * Scale, box.Width * Scale, box.Height * Scale);

    /// <summary>A box of the square in the picture, held to its edges.</summary>
    public Box Out(Box box, Image picture)
    {
        var (left, top) = (Math.Clamp((box.X / Scale) + Region.Left, 0, picture.Width), Math.Clamp((box.Y / Scale) + Region.Top, 0, picture.Height));
        var (right, bottom) = (Math.Clamp(((box.X + box.Width) / Scale) + Region.Left, 0, picture.Width), Math.Clamp(((box.Y + box.Height) / Scale) + Region.Top, 0, picture.Height));
        return Box.FromCorners(left, top, right, bottom);
    }
}
