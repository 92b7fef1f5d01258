namespace Neuro.Learning.Detection;

/// <summary>Non-maximum suppression: of boxes that overlap, the one with the best score stays.</summary>
internal static class Suppression
{
    /// <summary>What stays, and how much of it.</summary>
    internal sealed record Limits
    {
        /// <summary>Boxes that overlap a better one by more than this intersection over union go.</summary>
        /// <value>0.5</value>
        public float Iou { get; init; } = 0.5f;

        /// <summary>The least score that is looked at; what is not a number never is.</summary>
        /// <value>0.05</value>
        public float Score { get; init; } = 0.05f;

        /// <summary>Of each image, the best this many are looked at.</summary>
        /// <value>1,000</value>
        public int Candidates { get; init; } = 1000;

        /// <summary>Of each image, at most this many stay.</summary>
        /// <value>100</value>
        public int Kept { get; init; } = 100;
    }

    /// <summary>Greedy suppression within each image and class.</summary>
    /// <param name="boxes">Corners, four numbers a box.</param>
    /// <param name="scores">One a box.</param>
    /// <param name="classes">One a box; none if boxes of all classes suppress each other.</param>
    /// <param name="images">One a box; none if all are of one image.</param>
    /// <returns>Places of the boxes that stay, best score first; of equal scores the earlier box.</returns>
    /// <exception cref="ArgumentException">Lists of different lengths.</exception>
    public static int[] Keep(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<int> classes = default, ReadOnlySpan<int> images = default,
        Limits? limits = null)
    {
        var (count, chosen) = (Corners.Count(boxes), limits ?? new());
        if (scores.Length != count || (classes.Length != count && !classes.IsEmpty) || (images.Length != count && !images.IsEmpty))
        {
            throw new ArgumentException($"{count} boxes come with {scores.Length} scores, {classes.Length} classes and {images.Length} image numbers.");
        }

        var kept = new List<int>();
        var rivals = new Dictionary<(int Image, int Class), List<int>>();
        var seen = new Dictionary<int, (int Candidates, int Kept)>();
        foreach (var i in Order(scores, chosen.Score))
        {
            var image = images.IsEmpty ? 0 : images[i];
            var (candidates, stay) = seen.GetValueOrDefault(image);
            if (candidates == chosen.Candidates || stay == chosen.Kept)
            {
                continue;
            }

            var key = (image, classes.IsEmpty ? 0 : classes[i]);
            if (!rivals.TryGetValue(key, out var better))
            {
                rivals[key] = better = [];
            }

            var alone = IsAlone(boxes, i, better, chosen.Iou);
            seen[image] = (candidates + 1, stay + (alone ? 1 : 0));
            if (alone)
            {
                better.Add(i);
                kept.Add(i);
            }
        }

        return [.. kept];
    }

    private static bool IsAlone(ReadOnlySpan<float> boxes, int i, List<int> better, float most)
    {
        foreach (var other in better)
        {
            if (Corners.Iou(boxes.Slice(4 * i, 4), boxes.Slice(4 * other, 4)) > most)
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Order(ReadOnlySpan<float> scores, float least)
    {
        var order = new List<int>(scores.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= least)
            {
                order.Add(i);
            }
        }

        var keys = scores.ToArray();
        order.Sort((a, b) => keys[b].CompareTo(keys[a]) is not 0 and var byScore ? byScore : a.CompareTo(b));
        return [.. order];
    }
}
