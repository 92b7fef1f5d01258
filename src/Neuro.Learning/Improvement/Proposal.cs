using System.Globalization;
using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Learning.Improvement;

/// <summary>A recipe that renders more often what a model gets wrong.</summary>
/// <param name="Recipe">The recipe with the changes, and with those of rounds before; where there are none, as it was.</param>
/// <param name="Slices">What the model gets wrong more often than the rest, the most mistakes first.</param>
/// <param name="Changes">A knob each.</param>
/// <param name="Notes">Slices that no knob can make more of, and why.</param>
public sealed record Proposal(Recipe Recipe, IReadOnlyList<WeakSlice> Slices, IReadOnlyList<RecipeChange> Changes, IReadOnlyList<string> Notes)
{
    // A weak slice is drawn as often as it is among the pictures, but no seldomer or oftener than this: the rest is as before, so that nothing is unlearnt.
    private const double LeastAimed = 0.2;
    private const double MostAimed = 0.5;

    // A class that is drawn more often is guessed more often. At most twice as often as the others, and all such in a quarter of the pictures.
    private const double MostOften = 2;
    private const double MostProducts = 0.25;
    private const int MostClasses = 16;

    // Of 16 scenes one or two show such pictures by chance.
    private const double LeastReach = 0.15;

    /// <summary>Finds where the model is weak and which knobs make such pictures.</summary>
    /// <remarks>
    /// Which knob moves what is written down (<see cref="Lever"/>); how far is not assumed but rendered: a few scenes at each setting of the knob show how many of their pictures
    /// are like the slice; by how much those are more than the recipe's is the density of the new draws, where it is half of the most or more. So it holds for any catalogue and any values of the other knobs.
    /// </remarks>
    /// <param name="recipe">Its generator's knobs are changed within their ranges.</param>
    /// <param name="catalogue">The recipe's; its products are the model's classes.</param>
    /// <param name="observed">What the model does with labelled pictures.</param>
    /// <param name="earlier">The recipe of the last round that made the model better: a knob that is not weak any more stays as it is there, or what was learnt would be unlearnt.</param>
    /// <param name="seed">Of the scenes that are tried.</param>
    /// <param name="cancel">Stops between two scenes.</param>
    /// <exception cref="RecipeException">The recipe is for another catalogue.</exception>
    /// <exception cref="NeuroException"><c>evaluation.classes_mismatch</c></exception>
    public static Proposal Of(Recipe recipe, Catalogue catalogue, Observation observed, Recipe? earlier = null, ulong seed = 0, CancellationToken cancel = default)
    {
        if (!observed.Classes.SequenceEqual(DatasetRenderer.ClassNames(catalogue)))
        {
            throw new NeuroException("evaluation.classes_mismatch",
                $"The model '{observed.Model}' knows {observed.Classes.Count} classes, and they are not the {catalogue.Products.Count} products of the catalogue '{catalogue.Name}'. Give the catalogue that it was trained for.");
        }

        var (given, json) = (Parsed(recipe), Parsed(earlier ?? recipe));
        var (changes, notes) = (new List<RecipeChange>(), new List<string>());
        var (traits, classes) = (observed.WeakTraits(), observed.WeakClasses());
        using var probe = new SceneProbe(catalogue, seed);
        foreach (var ofTrait in traits.GroupBy(one => one.Range.Trait))
        {
            if (Lever.Of(recipe).FirstOrDefault(lever => lever.Trait == Trait.All[ofTrait.Key]) is { } lever)
            {
                Pull(lever, [.. ofTrait]);
            }
            else
            {
                notes.AddRange(ofTrait.Select(one => $"{Told(one.Slice)}: no knob of {recipe.Generator} makes more of them."));
            }
        }

        if (classes.Count > 0)
        {
            Change("product", Weighted(given["product"] ?? -1, Products(classes, catalogue.Products.Count)), $"{Told(classes[0].Slice)}{And(classes.Count - 1)}: drawn more often");
        }

        return new(
            changes.Count > 0 ? Recipe.Parse(json.ToJsonString()) : earlier ?? recipe,
            [.. traits.Select(one => one.Slice).Concat(classes.Select(one => one.Slice)).OrderByDescending(slice => slice.Excess)], changes, notes);

        // Both ends of one trait are one knob's. It is mixed with its distribution in the recipe given: lists within lists would grow by each round.
        void Pull(Lever lever, IReadOnlyList<(WeakSlice Slice, TraitRange Range)> weak)
        {
            var options = new List<(double, JsonNode)>();
            var reasons = new List<string>();
            foreach (var (slice, range) in weak)
            {
                double[] shares = [.. lever.Settings.Select(setting => probe.Share(With(lever.Knob, setting), range, cancel))];
                var now = probe.Share(recipe, range, cancel);
                if (shares.Max() < LeastReach)
                {
                    notes.Add($"{Told(slice)}: no setting of {lever.Knob} makes such pictures.");
                }
                else if (shares.Max() - now < LeastReach)
                {
                    notes.Add($"{Told(slice)}: {Percent(now)} of what the recipe renders are like that as it is, and no setting of {lever.Knob} makes many more.");
                }
                else
                {
                    var aimed = Math.Clamp((double)slice.Count / observed.Count, LeastAimed, MostAimed) / weak.Count;
                    // A dark product is now and then in a dark picture at any exposure: only settings that make such pictures much more often count.
                    var least = (shares.Max() - now) / 2;
                    var points = Density(lever.Settings, [.. shares.Select(share => share - now >= least ? share - now : 0)]);
                    options.Add((aimed, new JsonObject { ["curve"] = new JsonArray([.. points.Select(point => (JsonNode)new JsonArray(point.Setting, point.Share))]) }));
                    reasons.Add($"{Told(slice)}: drawn from {Spans(points)} in {Percent(aimed)} of the pictures");
                }
            }

            if (options.Count > 0)
            {
                Change(lever.Knob, Weighted(Knob(given, lever.Knob)!, options), string.Join("; ", reasons));
            }
        }

        void Change(string knob, JsonNode after, string reason)
        {
            changes.Add(new(knob, Knob(json, knob)?.ToJsonString() ?? "any product", after.ToJsonString(), reason));
            Set(json, knob, after);
        }

        Recipe With(string knob, double value) => RecipeBuilder.With(recipe, knob, value);
    }

    /// <summary>One line: how often such pictures are right, and the others.</summary>
    internal static string Told(WeakSlice slice) => $"{slice.Name}: {Percent(slice.Accuracy)} right against {Percent(slice.OthersAccuracy)}";

    private static string And(int more) => more switch
    {
        0 => "",
        1 => ", and 1 more class",
        _ => $", and {more} more classes",
    };

    private static JsonObject Parsed(Recipe recipe) => JsonNode.Parse(recipe.Validated().ToJson())!.AsObject();

    private static JsonNode? Knob(JsonObject json, string path) => path.Split('.') is [var group, var name] ? json[group]![name] : json[path];

    private static void Set(JsonObject json, string path, JsonNode value) =>
        (path.Split('.') is [var group, _] ? json[group]!.AsObject() : json)[path.Split('.')[^1]] = value;

    /// <summary>The old distribution, and the aimed ones, which together have the shares given.</summary>
    private static JsonObject Weighted(JsonNode old, IReadOnlyList<(double Share, JsonNode Option)> aimed) => new()
    {
        ["choice"] = new JsonObject
        {
            ["of"] = new JsonArray([old.DeepClone(), .. aimed.Select(one => one.Option)]),
            ["weights"] = new JsonArray([Math.Round(1 - aimed.Sum(one => one.Share), 4), .. aimed.Select(one => (JsonNode)Math.Round(one.Share, 4))]),
        },
    };

    /// <summary>Products of weak classes by their mistakes, none more than <see cref="MostOften"/> times as often as before.</summary>
    private static List<(double Share, JsonNode Option)> Products(IReadOnlyList<(WeakSlice Slice, int ClassId)> weak, int products)
    {
        var worst = weak.Take(MostClasses).ToList();
        var share = Math.Min(MostProducts, worst.Count * (MostOften - 1) / products);
        var sum = worst.Sum(one => one.Slice.Excess);
        return [.. worst.Select(one => (Math.Min(share * one.Slice.Excess / sum, (MostOften - 1) / products), (JsonNode)one.ClassId))];
    }

    /// <summary>The settings that make more such pictures, with one that does not on either side: the density runs straight between them.</summary>
    private static List<(double Setting, double Share)> Density(IReadOnlyList<double> settings, double[] shares)
    {
        var (first, last) = (Array.FindIndex(shares, share => share > 0), Array.FindLastIndex(shares, share => share > 0));
        (first, last) = (Math.Max(0, first - 1), Math.Min(shares.Length - 1, last + 1));
        return [.. Enumerable.Range(first, last - first + 1).Select(i => (settings[i], Math.Round(shares[i], 3)))];
    }

    /// <summary>Where the density is not zero: <c>−90 to −30 and 30 to 90</c>.</summary>
    private static string Spans(List<(double Setting, double Share)> points)
    {
        var spans = new List<(double From, double To)>();
        for (var i = 1; i < points.Count; i++)
        {
            var (from, to) = (points[i - 1], points[i]);
            if (from.Share > 0 || to.Share > 0)
            {
                if (spans.Count > 0 && spans[^1].To == from.Setting && from.Share > 0)
                {
                    spans[^1] = spans[^1] with { To = to.Setting };
                }
                else
                {
                    spans.Add((from.Setting, to.Setting));
                }
            }
        }

        return string.Join(" and ", spans.Select(span => string.Create(CultureInfo.InvariantCulture, $"{span.From:0.##} to {span.To:0.##}").Replace('-', '−')));
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");
}
