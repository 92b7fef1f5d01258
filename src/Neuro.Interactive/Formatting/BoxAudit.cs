using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;

namespace Neuro.Interactive.Formatting;

/// <summary>The customer's own look at the labels: boxes and areas counted again from the id pictures that were downloaded.</summary>
/// <param name="Images">Images read.</param>
/// <param name="Boxes">Boxes derived again.</param>
/// <param name="Mismatches">Labels that are not what the id picture shows, and things in the picture without a label.</param>
public sealed record BoxAudit(int Images, int Boxes, int Mismatches)
{
    internal static readonly BoxAudit None = new(0, 0, 0);

    internal BoxAudit Plus(BoxAudit other) => new(Images + other.Images, Boxes + other.Boxes, Mismatches + other.Mismatches);

    internal static BoxAudit Of(ShardImage image) => Of(image.Ids(), image.Labels);

    internal static BoxAudit Of(int[] ids, ImageLabels labels)
    {
        if (ids.Length != labels.Width * labels.Height)
        {
            return new(1, 0, Math.Max(1, labels.Instances.Count));
        }

        var seen = new Dictionary<int, (int Left, int Top, int Right, int Bottom, int Area)>();
        for (var at = 0; at < ids.Length; at++)
        {
            if (ids[at] != 0)
            {
                var (x, y) = (at % labels.Width, at / labels.Width);
                seen[ids[at]] = seen.TryGetValue(ids[at], out var was)
                    ? (Math.Min(was.Left, x), was.Top, Math.Max(was.Right, x), y, was.Area + 1)
                    : (x, y, x, y, 1);
            }
        }

        var agreeing = labels.Instances.Count(one => seen.TryGetValue(one.Id, out var extent)
            && one.Box == new BoundingBox(extent.Left, extent.Top, extent.Right - extent.Left + 1, extent.Bottom - extent.Top + 1)
            && one.Area == extent.Area);
        return new(1, seen.Count, labels.Instances.Count - agreeing + seen.Keys.Except(labels.Instances.Select(one => one.Id)).Count());
    }
}
