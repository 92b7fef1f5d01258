using Neuro.Kernels.Labels;
using Neuro.Learning.Detection;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Dense;

/// <summary>Something that a picture shows.</summary>
/// <param name="ClassId">From 0, the background not among them.</param>
/// <param name="Box">In pixels.</param>
/// <param name="Ignored">Whether it is neither to be found nor a mistake if it is: too small, or nearly hidden.</param>
/// <param name="Area">Pixels that show it; the box's where they are not known.</param>
internal sealed record PictureObject(int ClassId, Box Box, bool Ignored = false, double Area = 0);

/// <summary>What a square picture shows.</summary>
/// <param name="Ids">For each pixel, row-major, 1 + the place of its object, 0 for none; or none where only boxes are known.</param>
internal sealed class PictureLabels(int side, IReadOnlyList<PictureObject> objects, ushort[]? ids)
{
    private readonly int[] known = [.. Enumerable.Range(0, objects.Count).Where(i => !objects[i].Ignored)];

    public int Side => side;

    public IReadOnlyList<PictureObject> Objects => objects;

    public ushort[]? Ids => ids;

    /// <summary>Left, top, right, bottom of the objects that are to be found.</summary>
    public float[] Corners => [.. known.SelectMany(i => objects[i].Box.Corners())];

    /// <summary>Their classes.</summary>
    public int[] ClassIds => [.. known.Select(i => objects[i].ClassId)];

    /// <summary>The class of each pixel, from 1; 0 for the background.</summary>
    public long[] Classes()
    {
        long[] ofId = [0, .. objects.Select(one => one.ClassId + 1L)];
        return [.. ids!.Select(id => ofId[id])];
    }

    /// <summary>The pixels of an object among those to be found in a grid over a region: 1 where it is seen.</summary>
    /// <param name="region">Left, top, right, bottom.</param>
    /// <param name="place">Of the object in <see cref="Corners"/>.</param>
    public float[] MaskIn(float[] region, int place, int grid)
    {
        var (wanted, mask) = (known[place] + 1, new float[grid * grid]);
        for (var i = 0; i < mask.Length; i++)
        {
            var x = (int)Math.Clamp(region[0] + (((i % grid) + 0.5f) / grid * (region[2] - region[0])), 0, side - 1);
            var y = (int)Math.Clamp(region[1] + (((i / grid) + 0.5f) / grid * (region[3] - region[1])), 0, side - 1);
            mask[i] = ids![(y * side) + x] == wanted ? 1 : 0;
        }

        return mask;
    }

    /// <summary>As metrics take it; what is ignored as a crowd.</summary>
    public IReadOnlyList<LabelledObject> Labelled(bool masks) => [.. objects.Select((one, i) =>
        new LabelledObject(one.ClassId, one.Box, one.Area > 0 ? one.Area : one.Box.Area, one.Ignored, masks ? Mask(i + 1) : null))];

    private RunLength Mask(int id) => RunLength.Encode(side, side, ids!.Select(one => one == id).ToArray());
}
