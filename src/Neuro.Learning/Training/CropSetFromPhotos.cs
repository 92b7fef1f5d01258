using Neuro.Learning.Evaluation;
using Neuro.Learning.Imaging;

namespace Neuro.Learning.Training;

public sealed partial class CropSet
{
    /// <summary>Whole photos as samples: the plain view of each is the photo, and augmentation frames it anew; nothing is known of where in it the product is.</summary>
    /// <param name="photos">Each with its class.</param>
    /// <param name="classes">Names by class id.</param>
    /// <param name="size">Side in pixels of the model's input.</param>
    /// <param name="seed">Draws which photos are held back for validation.</param>
    /// <exception cref="Client.Api.NeuroException"><c>training.empty</c>, <c>training.label_out_of_range</c>.</exception>
    internal static CropSet FromPhotos(IEnumerable<LabelledImage> photos, IReadOnlyList<string> classes, int size, ulong seed)
    {
        var side = StoredSide(size);
        return new([.. photos.Select((photo, i) =>
        {
            var colours = Resampler.Square(photo.Image, Square.Whole(photo.Image, Crop.Fill / Augmentation.PlainFill), side);
            var rgba = new byte[side * side * 4];
            for (var p = 0; p < side * side; p++)
            {
                colours.AsSpan(3 * p, 3).CopyTo(rgba.AsSpan(4 * p));
            }

            return new Crop(rgba, photo.ClassId, i, Math.Max(photo.Image.Width, photo.Image.Height));
        })], classes, size, seed);
    }
}
