using System.Globalization;
using System.Text.Json;

namespace Neuro.Kernels.Recipes;

/// <summary>A distribution to JSON and back.</summary>
internal static class DistributionJson
{
    public const int MaxOptions = 64;
    public const int MaxNesting = 4;

    /// <summary>The largest weight or density; their scale does not matter.</summary>
    public const double MaxWeight = 1e6;

    /// <summary>The smallest number that logUniform begins at, where the knob itself may be 0.</summary>
    public const double LeastRatio = 1e-9;

    private static readonly string[] Forms = ["uniform", "normal", "truncatedNormal", "logUniform", "choice", "curve"];
    private static readonly AllowedAttribute Weight = new(0, MaxWeight);

    public static Distribution Read(JsonElement json, string path, AllowedAttribute allowed, int nesting = 0)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return Number(json, path, allowed);
        }

        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Count() != 1)
        {
            throw RecipeJson.Wrong(json, path, $"{allowed}, or an object with one of {string.Join(", ", Forms)}");
        }

        var member = json.EnumerateObject().Single();
        var (value, at) = (member.Value, $"{path}.{member.Name}");
        return member.Name switch
        {
            "uniform" => Uniform(value, at, allowed),
            "normal" => Normal(value, at, allowed),
            "truncatedNormal" => TruncatedNormal(value, at, allowed),
            "logUniform" => LogUniform(value, at, allowed),
            "choice" when value.ValueKind == JsonValueKind.Object => Weighted(value, at, allowed, nesting),
            "choice" => new Distribution.OneOf(new(Options(value, at, allowed, nesting))),
            "curve" => Curve(value, at, allowed),
            _ => throw new RecipeException("recipe.unknown_property", at, "unknown", Knobs.Nearest(member.Name, Forms)),
        };
    }

    /// <summary>One number within a range.</summary>
    public static double Number(JsonElement json, string path, AllowedAttribute allowed)
    {
        if (json.ValueKind != JsonValueKind.Number || !json.TryGetDouble(out var value))
        {
            throw RecipeJson.Wrong(json, path, allowed.ToString());
        }

        var fits = value >= allowed.Least && value <= allowed.Most && (!allowed.Whole || Math.Floor(value) == value);
        return fits ? value : throw new RecipeException("recipe.out_of_range", path, RecipeJson.Shown(json), allowed.ToString());
    }

    /// <summary>Without white space, numbers as short as they can be read back.</summary>
    public static string Write(Distribution distribution) => distribution switch
    {
        Distribution.Constant constant => Text(constant.Value),
        Distribution.UniformRange uniform => $"{{\"uniform\":[{Text(uniform.From)},{Text(uniform.To)}]}}",
        Distribution.Bell bell => $"{{\"normal\":[{Text(bell.Mean)},{Text(bell.Sigma)}]}}",
        Distribution.CutBell cut => $"{{\"truncatedNormal\":[{Text(cut.Mean)},{Text(cut.Sigma)},{Text(cut.Least)},{Text(cut.Most)}]}}",
        Distribution.LogRange range => $"{{\"logUniform\":[{Text(range.From)},{Text(range.To)}]}}",
        Distribution.OneOf { Weights: { } weights } choice => $"{{\"choice\":{{\"of\":[{Joined(choice.Options, Write)}],\"weights\":[{Joined(weights, Text)}]}}}}",
        Distribution.OneOf choice => $"{{\"choice\":[{Joined(choice.Options, Write)}]}}",
        Distribution.Polyline curve => $"{{\"curve\":[{Joined(curve.Points, point => $"[{Text(point.X)},{Text(point.Density)}]")}]}}",
        _ => throw new InvalidOperationException($"{distribution.GetType().Name} has no JSON form."),
    };

    private static Distribution Uniform(JsonElement json, string path, AllowedAttribute allowed)
    {
        var (low, high) = Ends(json, path, allowed);
        return new Distribution.UniformRange(low, high);
    }

    private static Distribution LogUniform(JsonElement json, string path, AllowedAttribute allowed)
    {
        var (low, high) = Ends(json, path, new AllowedAttribute(Math.Max(allowed.Least, LeastRatio), allowed.Most) { Whole = allowed.Whole });
        return new Distribution.LogRange(low, high);
    }

    private static (double Low, double High) Ends(JsonElement json, string path, AllowedAttribute allowed)
    {
        var ends = Items(json, path, 2, 2, "[from, to]");
        var (low, high) = (Number(ends[0], $"{path}[0]", allowed), Number(ends[1], $"{path}[1]", allowed));
        return low <= high ? (low, high) : throw new RecipeException("recipe.out_of_range", path, RecipeJson.Shown(json), "the smaller number first");
    }

    private static Distribution Normal(JsonElement json, string path, AllowedAttribute allowed)
    {
        var items = Items(json, path, 2, 2, "[mean, sigma]");
        return new Distribution.Bell(Number(items[0], $"{path}[0]", Any(allowed)), Number(items[1], $"{path}[1]", new AllowedAttribute(0, allowed.Most - allowed.Least)))
        {
            Least = allowed.Least,
            Most = allowed.Most,
        };
    }

    private static Distribution TruncatedNormal(JsonElement json, string path, AllowedAttribute allowed)
    {
        var items = Items(json, path, 4, 4, "[mean, sigma, least, most]");
        var mean = Number(items[0], $"{path}[0]", Any(allowed));
        var sigma = Number(items[1], $"{path}[1]", new AllowedAttribute(LeastRatio, allowed.Most - allowed.Least));
        var (least, most) = (Number(items[2], $"{path}[2]", Any(allowed)), Number(items[3], $"{path}[3]", Any(allowed)));
        var farthest = Distribution.CutBell.FarthestTail * sigma;
        return least <= most && least <= mean + farthest && most >= mean - farthest
            ? new Distribution.CutBell(mean, sigma, least, most)
            : throw new RecipeException("recipe.out_of_range", path, RecipeJson.Shown(json), $"least ≤ most, and the range no more than {Distribution.CutBell.FarthestTail} sigma from the mean");
    }

    private static Distribution Weighted(JsonElement json, string path, AllowedAttribute allowed, int nesting)
    {
        if (json.EnumerateObject().Count() != 2 || !json.TryGetProperty("of", out var of) || !json.TryGetProperty("weights", out var listed))
        {
            throw RecipeJson.Wrong(json, path, "a list, or an object with of and weights");
        }

        var options = Options(of, $"{path}.of", allowed, nesting);
        var items = Items(listed, $"{path}.weights", options.Count, options.Count, $"{options.Count} weights, one for each option");
        var weights = items.Select((item, i) => Number(item, $"{path}.weights[{i}]", Weight)).ToList();
        return weights.Sum() > 0
            ? new Distribution.OneOf(new(options)) { Weights = new(weights) }
            : throw new RecipeException("recipe.out_of_range", $"{path}.weights", RecipeJson.Shown(listed), "at least one weight above 0");
    }

    private static IReadOnlyList<Distribution> Options(JsonElement json, string path, AllowedAttribute allowed, int nesting)
    {
        var form = $"a list of 1 to {MaxOptions} numbers or distributions, at most {MaxNesting} lists within each other";
        var items = nesting == MaxNesting ? throw RecipeJson.Wrong(json, path, form) : Items(json, path, 1, MaxOptions, form);
        return [.. items.Select((option, i) => Read(option, $"{path}[{i}]", allowed, nesting + 1))];
    }

    private static Distribution Curve(JsonElement json, string path, AllowedAttribute allowed)
    {
        var items = Items(json, path, 2, MaxOptions, $"a list of 2 to {MaxOptions} points [x, density]");
        var points = items.Select((item, i) =>
        {
            var point = Items(item, $"{path}[{i}]", 2, 2, "[x, density]");
            return (X: Number(point[0], $"{path}[{i}][0]", Any(allowed)), Density: Number(point[1], $"{path}[{i}][1]", Weight));
        }).ToList();
        for (var i = 1; i < points.Count; i++)
        {
            if (points[i].X <= points[i - 1].X)
            {
                throw new RecipeException("recipe.out_of_range", $"{path}[{i}][0]", Text(points[i].X), $"more than {Text(points[i - 1].X)}, the x before it");
            }
        }

        return points.Any(point => point.Density > 0)
            ? new Distribution.Polyline(new(points))
            : throw new RecipeException("recipe.out_of_range", path, RecipeJson.Shown(json), "at least one density above 0");
    }

    private static JsonElement[] Items(JsonElement json, string path, int fewest, int most, string form) =>
        json.ValueKind == JsonValueKind.Array && json.GetArrayLength() >= fewest && json.GetArrayLength() <= most ? [.. json.EnumerateArray()] : throw RecipeJson.Wrong(json, path, form);

    private static AllowedAttribute Any(AllowedAttribute allowed) => new(allowed.Least, allowed.Most);

    private static string Joined<T>(IEnumerable<T> items, Func<T, string> text) => string.Join(',', items.Select(text));

    // What is no number is written as a string, so that reading it back can say what stands where; minus zero as zero, or one recipe had two hashes.
    private static string Text(double value) => double.IsFinite(value) ? (value + 0.0).ToString("R", CultureInfo.InvariantCulture) : $"\"{value.ToString(CultureInfo.InvariantCulture)}\"";
}
