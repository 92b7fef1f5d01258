namespace Neuro.Learning.Detection;

/// <summary>Which label each anchor or proposal is trained on. Boxes are corners, four numbers a box.</summary>
internal static class Matching
{
    /// <summary>Trained as background.</summary>
    public const int Background = -1;

    /// <summary>Not trained.</summary>
    public const int Ignored = -2;

    /// <summary>As SSD matches (Liu et al. 2016, section 2.2): each label gets the box that overlaps it most, then every box with an overlap above the threshold
    /// its best label.</summary>
    /// <remarks>Where two labels want the same box the larger overlap gets it, and the other its next best.</remarks>
    /// <returns>For each default box the place of its label, or <see cref="Background"/>.</returns>
    public static int[] Ssd(ReadOnlySpan<float> defaults, ReadOnlySpan<float> labels, float threshold = 0.5f)
    {
        var (count, wanted) = (Corners.Count(defaults), Corners.Count(labels));
        var (ious, result, best) = (Overlaps(defaults, labels), new int[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            (result[i], best[i]) = Best(ious.AsSpan(i * wanted, wanted));
            result[i] = best[i] > threshold ? result[i] : Background;
        }

        GiveEachOne(ious, count, wanted, result);
        return result;
    }

    /// <summary>By two thresholds, as proposal networks and R-CNN heads match (Ren et al. 2015, section 3.1.2): a label from <paramref name="high"/>, background
    /// below <paramref name="low"/>, between them nothing.</summary>
    /// <param name="bestToo">Whether a label's best anchors, too, are matched, to the label that they overlap most.</param>
    /// <returns>The place of the label, <see cref="Background"/> or <see cref="Ignored"/>.</returns>
    public static int[] Thresholds(ReadOnlySpan<float> anchors, ReadOnlySpan<float> labels, float high, float low, bool bestToo)
    {
        var (count, wanted) = (Corners.Count(anchors), Corners.Count(labels));
        var (ious, result, highest) = (Overlaps(anchors, labels), new int[count], new float[wanted]);
        for (var at = 0; at < ious.Length; at++)
        {
            highest[at % wanted] = MathF.Max(highest[at % wanted], ious[at]);
        }

        for (var i = 0; i < count; i++)
        {
            var row = ious.AsSpan(i * wanted, wanted);
            var (label, iou) = Best(row);
            var isBest = false;
            for (var j = 0; bestToo && j < wanted; j++)
            {
                isBest |= row[j] > 0 && row[j] == highest[j];
            }

            result[i] = label >= 0 && (iou >= high || isBest) ? label : iou < low ? Background : Ignored;
        }

        return result;
    }

    /// <summary>Draws what a step trains on: at most a share of positives, the rest background.</summary>
    /// <returns>Places of both, each in ascending order.</returns>
    public static (int[] Positives, int[] Negatives) Sample(ReadOnlySpan<int> matches, int count, double positiveShare, ulong seed)
    {
        var (positives, negatives) = (new List<int>(), new List<int>());
        for (var i = 0; i < matches.Length; i++)
        {
            (matches[i] >= 0 ? positives : matches[i] == Background ? negatives : null)?.Add(i);
        }

        var random = Training.SplitMix.For(seed, (ulong)matches.Length);
        var drawn = Draw(positives, (int)(count * positiveShare), ref random);
        return (drawn, Draw(negatives, count - drawn.Length, ref random));
    }

    /// <summary>Intersection over union, a row a box.</summary>
    internal static float[] Overlaps(ReadOnlySpan<float> boxes, ReadOnlySpan<float> labels)
    {
        var (count, wanted) = (Corners.Count(boxes), Corners.Count(labels));
        var ious = new float[(long)count * wanted];
        for (var at = 0; at < ious.Length; at++)
        {
            ious[at] = Corners.Iou(boxes.Slice(at / wanted * 4, 4), labels.Slice(at % wanted * 4, 4));
        }

        return ious;
    }

    private static (int Label, float Iou) Best(ReadOnlySpan<float> row)
    {
        var label = row.IsEmpty ? Background : System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);
        return (label, label >= 0 ? row[label] : 0);
    }

    /// <summary>Gives every label that meets a free box one of its own, the largest overlap first.</summary>
    private static void GiveEachOne(float[] ious, int count, int wanted, int[] result)
    {
        var used = new bool[count];
        var left = Enumerable.Range(0, wanted).Select(label => (Label: label, Best: BestFree(ious, wanted, label, used))).ToList();
        while (left.Count > 0)
        {
            var (label, (box, iou)) = left.MaxBy(one => one.Best.Iou);
            left.RemoveAll(one => one.Label == label);
            if (iou > 0)
            {
                (result[box], used[box]) = (label, true);
                // Only who wanted the same box has to look again.
                left = [.. left.Select(one => one.Best.Box == box ? (one.Label, BestFree(ious, wanted, one.Label, used)) : one)];
            }
        }
    }

    private static (int Box, float Iou) BestFree(float[] ious, int wanted, int label, bool[] used)
    {
        var (best, highest) = (-1, 0f);
        for (var box = 0; box < used.Length; box++)
        {
            var iou = ious[box * wanted + label];
            (best, highest) = iou > highest && !used[box] ? (box, iou) : (best, highest);
        }

        return (best, highest);
    }

    private static int[] Draw(List<int> from, int count, ref Training.SplitMix random)
    {
        var drawn = Math.Min(count, from.Count);
        for (var i = 0; i < drawn; i++)
        {
            var other = i + random.Below(from.Count - i);
            (from[i], from[other]) = (from[other], from[i]);
        }

        return [.. from.Take(drawn).Order()];
    }
}
