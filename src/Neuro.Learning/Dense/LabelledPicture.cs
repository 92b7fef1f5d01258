using Neuro.Kernels.Formats;

namespace Neuro.Learning.Dense;

/// <summary>A stored picture, square, and what it shows.</summary>
/// <param name="Rgb">Bytes <c>[Side, Side, 3]</c>.</param>
/// <param name="Number">Its number in its dataset.</param>
internal sealed record LabelledPicture(byte[] Rgb, PictureLabels Labels, int Number)
{
    public int Side => Labels.Side;

    public Image Picture => new(Side, Side, Rgb);

    /// <summary>Brings a picture and its labels to a square of a side.</summary>
    /// <param name="ids">For each of its pixels 1 + the place of its object, 0 for none; or none.</param>
    public static LabelledPicture Fit(Image picture, IReadOnlyList<PictureObject> objects, ushort[]? ids, int number, int side)
    {
        var box = Letterbox.Of(picture, side);
        var scale = side / box.Region.Side;
        return new(
            box.Pixels(picture),
            new(side, [.. objects.Select(one => one with { Box = box.In(one.Box), Area = one.Area * scale * scale })], ids is null ? null : Nearest(ids, picture, box)),
            number);
    }

    private static ushort[] Nearest(ushort[] ids, Image picture, Letterbox box)
    {
        var (fitted, step) = (new ushort[box.Side * box.Side], box.Region.Side / box.Side);
        for (var i = 0; i < fitted.Length; i++)
        {
            var (x, y) = ((int)Math.Floor(box.Region.Left + (((i % box.Side) + 0.5) * step)), (int)Math.Floor(box.Region.Top + (((i / box.Side) + 0.5) * step)));
            fitted[i] = x >= 0 && y >= 0 && x < picture.Width && y < picture.Height ? ids[(y * picture.Width) + x] : (ushort)0;
        }

        return fitted;
    }
}
