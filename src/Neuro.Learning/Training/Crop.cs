namespace Neuro.Learning.Training;

/// <summary>One labelled product cut out of a picture with what surrounds it.</summary>
/// <param name="Rgba">Bytes <c>[side, side, 4]</c>: colour, and in the fourth 255 where the product itself is seen.</param>
/// <param name="ClassId">From 0.</param>
/// <param name="Image">Which picture it is from; a picture's crops lie all in training or all in validation.</param>
internal sealed record Crop(byte[] Rgba, int ClassId, int Image)
{
    /// <summary>The product's longer side is this share of the stored square: the loosest framing that augmentation can choose.</summary>
    public const double Fill = 0.5;

    /// <summary>Sides of stored crops are this many times those of the model's input, so that a close framing is still sharp.</summary>
    public const double Oversize = 1.5;
}
