using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>What a second look at written labels found.</summary>
/// <param name="Boxes">Boxes derived again from the written id pictures.</param>
/// <param name="Mismatches">Instances of which something written is not what the id picture shows, or which contradict themselves.</param>
public sealed record Audit(long Boxes, long Mismatches)
{
    public static readonly Audit None = new(0, 0);

    public Audit Plus(Audit other) => new(Boxes + other.Boxes, Mismatches + other.Mismatches);
}

/// <summary>Derives labels again from an id picture as it was written, by plain counting, and compares them with the labels as they were written.</summary>
/// <remarks>
/// Of each instance: its presence, box, area and every pixel of its mask; that the amodal mask contains it and has the written amodal box and unoccluded area, so that the visibility is their quotient;
/// that a corner counts as in the picture exactly when it is. It shares no code with <see cref="LabelPass"/> on purpose.
/// </remarks>
internal static class LabelAudit
{
    public static Audit Check(byte[] idsPng, byte[] labelsJson, string name) => Check(idsPng, LabelsJson.Parse(labelsJson, name), name);

    public static Audit Check(byte[] idsPng, ImageLabels labels, string name)
    {
        var ids = PngReader.ReadPooled(idsPng, name);
        try
        {
            return Check(ids, labels);
        }
        finally
        {
            ids.Return();
        }
    }

    private static Audit Check(PngReader.Pixels ids, ImageLabels labels)
    {
        var seen = Count(ids);
        if ((ids.Width, ids.Height) != (labels.Width, labels.Height))
        {
            return new Audit(seen.Count, Math.Max(1, seen.Count));
        }

        var wrong = labels.Instances.Count(one => !seen.TryGetValue(one.Id, out var extent) || !Agrees(one, extent, ids))
            + seen.Keys.Except(labels.Instances.Select(one => one.Id)).Count()
            + (labels.Instances.Count - labels.Instances.DistinctBy(one => one.Id).Count());
        return new Audit(seen.Count, wrong);
    }

    private static bool Agrees(Instance one, Extent seen, PngReader.Pixels ids) =>
        one.Area == seen.Area
        && one.Box == seen.Box
        && one.Mask.Area == seen.Area
        && IsAll(one.Id, one.Mask, ids)
        && one.AmodalMask.Area == one.UnoccludedArea
        && one.AmodalMask.Box == one.AmodalBox
        && MaskAlgebra.Contains(one.AmodalMask, one.Mask)
        && one.Visibility is > 0 and <= 1
        && CornersAreInside(one, ids.Width, ids.Height);

    /// <summary>Whether every pixel of a mask has this id.</summary>
    private static bool IsAll(int id, RunLength mask, PngReader.Pixels ids)
    {
        if ((mask.Width, mask.Height) != (ids.Width, ids.Height))
        {
            return false;
        }

        var end = 0;
        for (var run = 0; run < mask.Counts.Count; run++)
        {
            var start = end;
            end += mask.Counts[run];
            if ((run & 1) == 0)
            {
                continue;
            }

            var (x, y) = (start / ids.Height, start % ids.Height);
            for (var at = start; at < end; at++)
            {
                if (ids.Values[(y * ids.Width) + x] != id)
                {
                    return false;
                }

                if (++y == ids.Height)
                {
                    (x, y) = (x + 1, 0);
                }
            }
        }

        return true;
    }

    /// <summary>COCO's rule: a keypoint is marked as in the picture when it lies before the camera and inside the frame.</summary>
    private static bool CornersAreInside(Instance one, int width, int height)
    {
        for (var corner = 0; corner < one.Corners.Count; corner++)
        {
            var point = one.Corners[corner];
            var inside = point.X >= 0 && point.Y >= 0 && point.X < width && point.Y < height && IsBeforeCamera(one, corner);
            if (inside != point.Visibility > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBeforeCamera(Instance one, int corner)
    {
        var half = one.Size / 2;
        var local = new Vector3(corner % 4 is 1 or 2 ? half.X : -half.X, corner % 4 < 2 ? half.Y : -half.Y, corner < 4 ? half.Z : -half.Z);
        return (Vector3.Transform(local, one.Pose.Rotation) + one.Pose.Translation).Z > 0;
    }

    private static Dictionary<int, Extent> Count(PngReader.Pixels ids)
    {
        var seen = new Dictionary<int, Extent>();
        for (var y = 0; y < ids.Height; y++)
        {
            var row = ids.Values.AsSpan(y * ids.Width, ids.Width);
            for (var x = 0; x < row.Length;)
            {
                var id = row[x];
                var length = row[x..].IndexOfAnyExcept(id) is var next and >= 0 ? next : row.Length - x;
                if (id != 0)
                {
                    if (!seen.TryGetValue(id, out var extent))
                    {
                        seen.Add(id, extent = new Extent { Left = x, Top = y });
                    }

                    extent.Left = Math.Min(extent.Left, x);
                    extent.Right = Math.Max(extent.Right, x + length - 1);
                    extent.Bottom = y;
                    extent.Area += length;
                }

                x += length;
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
