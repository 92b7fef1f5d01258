using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Imaging;

namespace Neuro.Learning.Improvement;

/// <summary>Something that is known of a picture and may make it hard: a number of its pixels, or of its label where it was rendered.</summary>
/// <param name="Low">Words for pictures with less, before the number.</param>
/// <param name="High">Words for pictures with more.</param>
/// <param name="Format">How the number is written.</param>
internal sealed record Trait(string Low, string High, string Format)
{
    private const int Side = 48;

    // The middle of a picture is the product, not what is around it.
    private const double Middle = 1.6;

    /// <summary>Mean luma of the middle (ITU-R BT.709), 0 to 1.</summary>
    public static readonly Trait Light = new("pictures darker than", "pictures brighter than", "0.00");

    /// <summary>Base-2 logarithm of red over blue in the middle.</summary>
    public static readonly Trait Warmth = new("pictures bluer than", "pictures redder than", "0.00");

    /// <summary>Mean second difference of the middle's luma at 48 × 48 pixels, over its standard deviation: independent of light and contrast.</summary>
    public static readonly Trait Sharpness = new("pictures less sharp than", "pictures sharper than", "0.00");

    /// <summary>Side in pixels of a square with the product's visible area.</summary>
    public static readonly Trait Size = new("products smaller than", "products larger than", "0 px");

    /// <summary>Visible share of the product, 0 to 1.</summary>
    public static readonly Trait Visible = new("products with a visible share below", "products with a visible share above", "0.00");

    /// <summary>Degrees that the front is turned away.</summary>
    public static readonly Trait Turned = new("products turned less than", "products turned more than", "0°");

    public static readonly IReadOnlyList<Trait> All = [Light, Warmth, Sharpness, Size, Visible, Turned];

    /// <summary>All traits of a picture in the order of <see cref="All"/>; NaN for what is not known.</summary>
    public static double[] Of(LabelledImage image)
    {
        var (light, warmth, sharpness) = Measured(Resampler.Square(image.Image, Square.Whole(image.Image, Middle), Side));
        return [light, warmth, sharpness, image.Conditions?.Size ?? double.NaN, image.Conditions?.Visibility ?? double.NaN, image.Conditions?.FrontAngle ?? double.NaN];
    }

    /// <param name="rgb"><c>[Side, Side, 3]</c></param>
    private static (double Light, double Warmth, double Sharpness) Measured(byte[] rgb)
    {
        var luma = new double[Side * Side];
        var (red, blue) = (0.0, 0.0);
        for (var i = 0; i < luma.Length; i++)
        {
            luma[i] = 0.2126 * rgb[3 * i] + 0.7152 * rgb[3 * i + 1] + 0.0722 * rgb[3 * i + 2];
            red += rgb[3 * i];
            blue += rgb[3 * i + 2];
        }

        var mean = luma.Average();
        var deviation = Math.Sqrt(luma.Average(value => (value - mean) * (value - mean)));
        var edges = 0.0;
        for (var y = 1; y < Side - 1; y++)
        {
            for (var x = 1; x < Side - 1; x++)
            {
                var at = y * Side + x;
                edges += Math.Abs(4 * luma[at] - luma[at - 1] - luma[at + 1] - luma[at - Side] - luma[at + Side]);
            }
        }

        // One step of 256 is what a plain surface may vary by itself.
        return (mean / 255, Math.Log2((red + luma.Length) / (blue + luma.Length)), edges / ((Side - 2) * (Side - 2)) / (deviation + 1));
    }
}
