using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>What a second look at written labels found.</summary>
/// <param name="Boxes">Boxes derived again from the written id pictures.</param>
/// <param name="Mismatches">Instances whose written box, area, mask, visibility or presence is not what the id picture shows.</param>
public sealed record Audit(int Boxes, int Mismatches)
{
    public static readonly Audit None = new(0, 0);

    public Audit Plus(Audit other) => new(Boxes + other.Boxes, Mismatches + other.Mismatches);
}

/// <summary>Derives boxes and areas again from an id picture as it was written, by plain counting, and compares them with the labels as they were written.</summary>
/// <remarks>It shares no code with <see cref="LabelPass"/> on purpose.</remarks>
internal static class LabelAudit
{
    public static Audit Check(byte[] idsPng, byte[] labelsJson, string name) => Check(idsPng, LabelsJson.Parse(labelsJson, name), name);

    public static Audit Check(byte[] idsPng, ImageLabels labels, string name)
    {
        var ids = PngReader.Read(idsPng, name);
        var seen = Count(ids);
        if ((ids.Width, ids.Height) != (labels.Width, labels.Height))
        {
            return new Audit(seen.Count, Math.Max(1, seen.Count));
        }

        var wrong = labels.Instances.Count(one => !seen.TryGetValue(one.Id, out var extent) || !Agrees(one, extent, labels))
            + seen.Keys.Except(labels.Instances.Select(one => one.Id)).Count()
            + (labels.Instances.Count - labels.Instances.DistinctBy(one => one.Id).Count());
        return new Audit(seen.Count, wrong);
    }

    private static bool Agrees(Instance one, Extent seen, ImageLabels labels) =>
        one.Area == seen.Area
        && one.Box == seen.Box
        && one.Mask.Area == seen.Area
        && one.Mask.Box == seen.Box
        && one.Visibility is > 0 and <= 1
        && one.Truncated == (seen.Left == 0 || seen.Top == 0 || seen.Right == labels.Width - 1 || seen.Bottom == labels.Height - 1);

    private static Dictionary<int, Extent> Count(PngReader.Grey ids)
    {
        var seen = new Dictionary<int, Extent>();
        for (int y = 0, at = 0; y < ids.Height; y++)
        {
            for (var x = 0; x < ids.Width; at++, x++)
            {
                var start = x;
                var id = ids.Values[at];
                while (x + 1 < ids.Width && ids.Values[at + 1] == id)
                {
                    x++;
                    at++;
                }

                if (id != 0)
                {
                    if (!seen.TryGetValue(id, out var extent))
                    {
                        seen.Add(id, extent = new Extent { Left = start, Top = y });
                    }

                    extent.Left = Math.Min(extent.Left, start);
                    extent.Right = Math.Max(extent.Right, x);
                    extent.Bottom = y;
                    extent.Area += x - start + 1;
                }
            }
        }

        return seen;
    }

    private sealed class Extent
    {
        public int Left { get; set; }
        public int Top { get; init; }
        public int Right { get; set; }
        public int Bottom { get; set; }
        public int Area { get; set; }
        public BoundingBox Box => new(Left, Top, Right - Left + 1, Bottom - Top + 1);
    }
}
