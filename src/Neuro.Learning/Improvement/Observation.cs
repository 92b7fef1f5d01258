using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Improvement;

/// <summary>What a model does with each of a set's pictures, and what is known of each.</summary>
public sealed class Observation
{
    private const int Tenths = 5;

    // Some sixty ends and cuts are tried, so that what would be sure of one is chance in many; and of a handful of pictures nothing is sure.
    private const double LeastDifference = 3;
    private const int LeastPictures = 10;

    private readonly IReadOnlyList<Seen> seen;

    internal Observation(string model, string data, IReadOnlyList<string> classes, IReadOnlyList<Seen> seen) => (Model, Data, Classes, this.seen) = (model, data, classes, seen);

    /// <summary>One picture.</summary>
    /// <param name="Traits">In the order of <see cref="Trait.All"/>; NaN for what is not known.</param>
    internal readonly record struct Seen(double[] Traits, int ClassId, bool Right);

    public string Model { get; }

    public string Data { get; }

    public IReadOnlyList<string> Classes { get; }

    public int Count => seen.Count;

    /// <summary>Whether each picture's best guess is right, in the set's order.</summary>
    public IReadOnlyList<bool> Right => [.. seen.Select(one => one.Right)];

    /// <summary>Right guesses.</summary>
    public int Hits => seen.Count(one => one.Right);

    /// <exception cref="NeuroException"><c>evaluation.empty</c>, <c>evaluation.classes_mismatch</c>, <c>picture.unreadable</c>.</exception>
    public static Observation Of(Classifier model, LabelledImages images, IProgress<int>? done = null, CancellationToken cancel = default) => new(
        model.Name, images.Name, model.Classes,
        [.. Evaluator.Predictions(model, images, done, cancel).Select(one => new Seen(Trait.Of(one.Image), one.Image.ClassId, Array.IndexOf(one.Probabilities, one.Probabilities.Max()) == one.Image.ClassId))]);

    /// <summary>Classes that are surely worse than the others, the most mistakes first.</summary>
    internal IReadOnlyList<(WeakSlice Slice, int ClassId)> WeakClasses() =>
        [.. Enumerable.Range(0, Classes.Count)
            .Select(id => (Slice: Cut($"pictures of {Classes[id]}", one => one.ClassId == id), ClassId: id))
            .Where(one => one.Slice is not null).Select(one => (one.Slice!, one.ClassId))
            .OrderByDescending(one => one.Item1.Excess)];

    /// <summary>For each trait the end at which the model is surely worse, cut where the difference is surest; the most mistakes first.</summary>
    /// <remarks>An end is a tenth to a half of the pictures. A trait may be weak at both.</remarks>
    internal IReadOnlyList<(WeakSlice Slice, TraitRange Range)> WeakTraits() =>
        [.. Enumerable.Range(0, Trait.All.Count).SelectMany(Ends).OrderByDescending(one => one.Slice.Excess)];

    private IEnumerable<(WeakSlice Slice, TraitRange Range)> Ends(int trait)
    {
        double[] values = [.. seen.Select(one => one.Traits[trait]).Where(double.IsFinite).Order()];
        if (values.Length == 0 || values[0] == values[^1])
        {
            yield break;
        }

        var tenths = Enumerable.Range(1, Tenths).Select(tenth => tenth / 10.0).ToList();
        if (Worst(tenths.Select(share => Quantile(values, share)), below: true) is { } low)
        {
            yield return low;
        }

        if (Worst(tenths.Select(share => Quantile(values, 1 - share)), below: false) is { } high)
        {
            yield return high;
        }

        (WeakSlice, TraitRange)? Worst(IEnumerable<double> edges, bool below)
        {
            var (kind, worst, at) = (Trait.All[trait], (WeakSlice?)null, double.NaN);
            foreach (var edge in edges)
            {
                var name = $"{(below ? kind.Low : kind.High)} {edge.ToString(kind.Format, System.Globalization.CultureInfo.InvariantCulture)}";
                if (Cut(name, one => below ? one.Traits[trait] < edge : one.Traits[trait] > edge) is { } slice && (worst is null || Difference(slice) > Difference(worst)))
                {
                    (worst, at) = (slice, edge);
                }
            }

            // A few pictures are far out; what is rendered should be like the many.
            return worst is null ? null
                : below ? (worst, new(trait, Quantile([.. values.Where(value => value < at)], 0.05), at))
                : (worst, new(trait, at, Quantile([.. values.Where(value => value > at)], 0.95)));
        }
    }

    /// <summary>The difference of two proportions in its standard deviations, with the pooled variance.</summary>
    private static double Difference(WeakSlice slice)
    {
        var pooled = (double)(slice.Right + slice.OthersRight) / (slice.Count + slice.OthersCount);
        return (slice.OthersAccuracy - slice.Accuracy) / Math.Sqrt(pooled * (1 - pooled) * ((1.0 / slice.Count) + (1.0 / slice.OthersCount)));
    }

    /// <summary>A slice, where its Wilson interval lies below that of all other pictures, by three standard deviations or more.</summary>
    private WeakSlice? Cut(string name, Func<Seen, bool> within)
    {
        var (inside, others) = (Share(seen.Where(within)), Share(seen.Where(one => !within(one))));
        return Math.Min(inside.Count, others.Count) >= LeastPictures && inside.High < others.Low
            && new WeakSlice(name, inside.Hits, inside.Count, others.Hits, others.Count) is var slice && Difference(slice) >= LeastDifference ? slice : null;

        static Proportion Share(IEnumerable<Seen> all) => all.Aggregate(new Proportion(0, 0), (sum, one) => new(sum.Hits + (one.Right ? 1 : 0), sum.Count + 1));
    }

    private static double Quantile(double[] ascending, double share) => ascending[(int)Math.Round(share * (ascending.Length - 1))];
}

/// <summary>Values of a trait.</summary>
/// <param name="Trait">Its place in <see cref="Improvement.Trait.All"/>.</param>
internal readonly record struct TraitRange(int Trait, double From, double To)
{
    public bool Holds(double[] traits) => traits[Trait] >= From && traits[Trait] <= To;
}
