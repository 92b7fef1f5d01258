using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;

namespace Neuro.Learning.Evaluation;

/// <summary>What makes a rendered product easy or hard to recognise, from its labels and its pixels.</summary>
/// <param name="Size">Side in pixels of a square with its visible area.</param>
/// <param name="Visibility">Visible share of what it would cover if it stood alone, 0 to 1.</param>
/// <param name="Truncation">Share of its silhouette outside the frame, 0 to 1.</param>
/// <param name="FrontAngle">Degrees that its front is turned away: 0 shows the front, 90 an edge.</param>
/// <param name="Light">Mean brightness of its visible pixels in the picture (luma, ITU-R BT.709), 0 black to 1 white; a dark print counts as dark light.</param>
public sealed record Conditions(double Size, double Visibility, double Truncation, double FrontAngle, double Light)
{
    /// <param name="instance">The product.</param>
    /// <param name="picture">The whole picture that its mask is of.</param>
    public static Conditions Of(Instance instance, Image picture) =>
        new(Math.Sqrt(instance.Area), instance.Visibility, instance.Truncation, instance.FrontAngle, Luma(instance.Mask, picture));

    private static double Luma(RunLength mask, Image picture)
    {
        var (sum, at) = (0.0, 0);
        for (var run = 0; run < mask.Counts.Count; run++)
        {
            for (var end = at + mask.Counts[run]; at < end; at++)
            {
                if ((run & 1) == 1)
                {
                    var pixel = 3 * (at % mask.Height * picture.Width + at / mask.Height);
                    sum += 0.2126 * picture.Rgb[pixel] + 0.7152 * picture.Rgb[pixel + 1] + 0.0722 * picture.Rgb[pixel + 2];
                }
            }
        }

        return sum / (255.0 * mask.Area);
    }
}
