using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Learning.Detection;

namespace Neuro.Learning.Evaluation;

/// <summary>Gives a picture's detections of one class to its labels, best score first, each to the label that it overlaps most and that is still free.</summary>
/// <remarks>
/// The rules are those of pycocotools (cocoeval.py, evaluateImg): a label that counts goes before one that is ignored, whatever the overlaps; of equal overlaps the
/// later label wins; a crowd is never used up, and overlap with it is over the detection's area alone. Thresholds are bits of a word.
/// </remarks>
internal sealed class ObjectMatcher(DetectionProtocol protocol)
{
    private const double BelowOne = 1 - 1e-10;

    private readonly double[] thresholds = [.. protocol.IouThresholds.Select(threshold => Math.Min(threshold, BelowOne))];
    private readonly double lowest = Math.Min(protocol.IouThresholds.Min(), BelowOne);
    private readonly List<(int Label, double Iou)> pairs = [];
    private readonly List<int> firstPair = [];
    private readonly List<Shape> labels = [];
    private readonly List<Shape> detections = [];
    private uint[] taken = [];
    private bool[] ignored = [];

    /// <summary>What happened to one detection, a bit a threshold.</summary>
    internal readonly record struct Fate(uint Matched, uint Ignored);

    /// <summary>Whether each label was found, a bit a threshold, in the area range matched last.</summary>
    public ReadOnlySpan<uint> Found => taken.AsSpan(0, labels.Count);

    /// <summary>Takes the objects of one picture and class, the best score first, and finds the overlaps that can matter.</summary>
    public void Take(IReadOnlyList<LabelledObject> labelled, IReadOnlyList<DetectedObject> detected)
    {
        labels.Clear();
        detections.Clear();
        pairs.Clear();
        firstPair.Clear();
        labels.AddRange(labelled.Select(one => Shape.Of(one.Box, one.Mask, protocol.Masks) with { Size = one.Area, Crowd = one.Crowd }));
        detections.AddRange(detected.Select(one => Shape.Of(one.Box, one.Mask, protocol.Masks)));
        foreach (var detection in detections)
        {
            firstPair.Add(pairs.Count);
            for (var label = 0; label < labels.Count; label++)
            {
                var iou = detection.Overlap(labels[label]);
                if (iou >= lowest)
                {
                    pairs.Add((label, iou));
                }
            }
        }

        firstPair.Add(pairs.Count);
    }

    /// <summary>Matches what was taken within one area range, writes each detection's fate, and says how many labels count.</summary>
    public int Match(AreaRange area, Span<Fate> fates)
    {
        taken = Cleared(taken, labels.Count);
        ignored = Cleared(ignored, labels.Count);
        var positives = 0;
        for (var label = 0; label < labels.Count; label++)
        {
            ignored[label] = labels[label].Crowd || Outside(labels[label].Size, area);
            positives += ignored[label] ? 0 : 1;
        }

        for (var i = 0; i < detections.Count; i++)
        {
            fates[i] = MatchOne(firstPair[i], firstPair[i + 1], Outside(detections[i].Size, area));
        }

        return positives;
    }

    private Fate MatchOne(int from, int to, bool outside)
    {
        if (to == from)
        {
            return new(0, outside ? uint.MaxValue : 0);
        }

        var (matched, unseen) = (0u, 0u);
        for (var t = 0; t < thresholds.Length; t++)
        {
            var bit = 1u << t;
            var best = Best(from, to, t, wantIgnored: false);
            best = best >= 0 ? best : Best(from, to, t, wantIgnored: true);
            if (best >= 0)
            {
                taken[best] |= bit;
                matched |= bit;
            }

            unseen |= (best >= 0 ? ignored[best] : outside) ? bit : 0;
        }

        return new(matched, unseen);
    }

    private int Best(int from, int to, int t, bool wantIgnored)
    {
        var (best, highest) = (-1, thresholds[t]);
        for (var pair = from; pair < to; pair++)
        {
            var (label, iou) = pairs[pair];
            if (ignored[label] == wantIgnored && iou >= highest && ((taken[label] >> t & 1) == 0 || labels[label].Crowd))
            {
                (best, highest) = (label, iou);
            }
        }

        return best;
    }

    private static bool Outside(double area, AreaRange range) => area < range.From || area > range.To;

    private static T[] Cleared<T>(T[] old, int count)
    {
        if (old.Length < count)
        {
            return new T[2 * count];
        }

        Array.Clear(old, 0, count);
        return old;
    }

    /// <summary>What is compared: a box, or a mask with the box around it. <paramref name="Size"/> is what area ranges see.</summary>
    private readonly record struct Shape(Box Box, RunLength? Mask, double Area, double Size, bool Crowd)
    {
        public static Shape Of(Box box, RunLength? mask, bool masks) =>
            masks ? new(mask!.Box, mask, mask.Area, mask.Area, false) : new(box, null, box.Area, box.Area, false);

        public double Overlap(in Shape label)
        {
            var shared = Box.SharedArea(label.Box);
            shared = shared > 0 && Mask is not null ? MaskAlgebra.SharedArea(Mask, label.Mask!) : shared;
            return shared > 0 ? shared / (label.Crowd ? Area : Area + label.Area - shared) : 0;
        }
    }
}
