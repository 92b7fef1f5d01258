using Neuro.Kernels.Formats;
using Neuro.Learning.Imaging;

namespace Neuro.Learning.Training;

/// <summary>One labelled product cut out of a picture with what surrounds it.</summary>
/// <param name="Rgba">Bytes <c>[side, side, 4]</c>: colour, and in the fourth 255 where the product itself is seen.</param>
/// <param name="ClassId">From 0.</param>
/// <param name="Image">Which picture it is from; a picture's crops lie all in training or all in validation.</param>
/// <param name="Longest">The product's longer side in the picture, in pixels; 0 where it is not known.</param>
internal sealed record Crop(byte[] Rgba, int ClassId, int Image, int Longest = 0)
{
    /// <summary>The product's longer side is this share of the stored square: the loosest framing that augmentation can choose.</summary>
    public const double Fill = 0.5;

    /// <summary>A picture's square middle, stored as crops are, with nothing marked as product: what may lie behind a product.</summary>
    public static byte[] Backdrop(Image picture, int side)
    {
        var colours = Resampler.Square(picture, Square.Around(picture.Width / 2.0, picture.Height / 2.0, Math.Min(picture.Width, picture.Height)), side);
        var rgba = new byte[side * side * 4];
        for (var i = 0; i < side * side; i++)
        {
            colours.AsSpan(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
        }

        return rgba;
    }

    /// <summary>Sides of stored crops are this many times those of the model's input, so that a close framing is still sharp.</summary>
    public const double Oversize = 1.5;
}
