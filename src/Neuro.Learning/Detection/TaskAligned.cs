namespace Neuro.Learning.Detection;

/// <summary>Task-aligned assignment for anchor-free heads (Feng et al. 2021, TOOD, section 3.2): a label is learnt at the points that already score and place it
/// best.</summary>
internal static class TaskAligned
{
    /// <summary>What is learnt at a point.</summary>
    /// <param name="Label">Place of the label, or <see cref="Matching.Background"/>.</param>
    /// <param name="Score">What the class should score: 0 for background, the label's best overlap at its best point.</param>
    internal readonly record struct Assignment(int Label, float Score);

    /// <param name="points">Centres of the cells: x, y.</param>
    /// <param name="predicted">The box predicted at each point: corners.</param>
    /// <param name="scores">The probability of each class at each point, <c>[points · classes]</c>.</param>
    /// <param name="labels">Corners.</param>
    /// <param name="labelClasses">A class a label.</param>
    /// <param name="most">Points a label.</param>
    /// <param name="alpha">Power of the score: alignment is scoreᵅ · overlapᵝ.</param>
    /// <param name="beta">Power of the overlap.</param>
    /// <exception cref="ArgumentException">Lists that do not fit each other, or a class that has no score.</exception>
    public static Assignment[] Assign(
        ReadOnlySpan<float> points, ReadOnlySpan<float> predicted, ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<int> labelClasses,
        int most = 13, double alpha = 1, double beta = 6)
    {
        var (count, wanted) = (Corners.Count(predicted), Corners.Count(labels));
        if (points.Length != 2 * count || labelClasses.Length != wanted || (count > 0 && scores.Length % count != 0))
        {
            throw new ArgumentException(
                $"{points.Length} numbers of points and {scores.Length} scores do not fit {count} predicted boxes, or {labelClasses.Length} classes {wanted} labels.");
        }

        var classes = count == 0 ? 0 : scores.Length / count;
        var best = new (int Label, float Iou, double Alignment)[count];
        Array.Fill(best, (Matching.Background, 0, 0));
        for (var label = 0; label < wanted; label++)
        {
            if (count > 0 && (labelClasses[label] < 0 || labelClasses[label] >= classes))
            {
                throw new ArgumentException($"Label {label} has the class {labelClasses[label]}; there are scores of {classes}.");
            }

            var box = labels.Slice(4 * label, 4);
            var candidates = new List<(int Point, float Iou, double Alignment)>();
            for (var i = 0; i < count; i++)
            {
                if (points[2 * i] > box[0] && points[2 * i] < box[2] && points[2 * i + 1] > box[1] && points[2 * i + 1] < box[3])
                {
                    var iou = Corners.Iou(predicted.Slice(4 * i, 4), box);
                    candidates.Add((i, iou, Math.Pow(scores[i * classes + labelClasses[label]], alpha) * Math.Pow(iou, beta)));
                }
            }

            // A point that two labels chose stays with the larger overlap.
            foreach (var (point, iou, alignment) in candidates.OrderByDescending(one => one.Alignment).Take(most).Where(one => one.Iou > best[one.Point].Iou))
            {
                best[point] = (label, iou, alignment);
            }
        }

        return Scaled(best, wanted);
    }

    /// <summary>Scales each label's alignments so that the highest becomes its highest overlap (section 3.2, t̂).</summary>
    private static Assignment[] Scaled((int Label, float Iou, double Alignment)[] best, int wanted)
    {
        var (overlap, alignment) = (new float[wanted], new double[wanted]);
        foreach (var one in best.Where(one => one.Label >= 0))
        {
            overlap[one.Label] = Math.Max(overlap[one.Label], one.Iou);
            alignment[one.Label] = Math.Max(alignment[one.Label], one.Alignment);
        }

        return [.. best.Select(one =>
            new Assignment(one.Label, one.Label >= 0 && alignment[one.Label] > 0 ? (float)(one.Alignment / alignment[one.Label] * overlap[one.Label]) : 0))];
    }
}
