using Neuro.Learning.Dense;
using static Neuro.Learning.Training.PreflightReport;

namespace Neuro.Learning.Training;

/// <summary>What is looked at in whole pictures with boxes.</summary>
public static partial class Preflight
{
    /// <summary>The finest grid that a detector of the zoo looks at, in pixels of its input: what is smaller falls between its cells.</summary>
    private const double FinestStride = 8;

    /// <summary>As many boxes a picture as COCO's measure counts; the zoo's detectors give no more.</summary>
    private const int MostBoxes = 100;

    private static Finding Sizes(PictureSet data)
    {
        // Pictures are stored larger than the input, for close views.
        double[] sides = [.. data.Training.SelectMany(picture => picture.Labels.Objects.Where(one => !one.Ignored)
            .Select(one => Math.Min(one.Box.Width, one.Box.Height) * data.Size / picture.Side)).Order()];
        var share = (double)sides.Count(side => side < FinestStride) / sides.Length;
        var found = Line($"Half of the {sides.Length:N0} objects are {sides[sides.Length / 2]:0} pixels or narrower at an input of {data.Size}, and {share:0 %} under {FinestStride:0}.");
        return share > Many
            ? new("object size", Verdict.Warning, $"{found} Take a larger input, or render closer pictures.")
            : new("object size", Verdict.Good, found);
    }

    private static Finding Crowding(PictureSet data)
    {
        int[] counts = [.. data.Training.Select(picture => picture.Labels.Objects.Count(one => !one.Ignored))];
        var (most, beyond, empty) = (counts.Max(), counts.Count(count => count > MostBoxes), counts.Count(count => count == 0));
        var found = Line($"A picture shows {counts.Average():0.0} objects on the average and {most} at most; {empty} of {counts.Length} show none.");
        return beyond > 0 ? new("objects a picture", Verdict.Warning, Line($"{found} In {beyond} there are more than the {MostBoxes} boxes that COCO's measure counts: the rest cannot be found. Render closer pictures."))
            : empty > Many * counts.Length ? new("objects a picture", Verdict.Warning, $"{found} Those teach only what is not there; some are good, so many cost time.")
            : new("objects a picture", Verdict.Good, found);
    }
}
