using System.Globalization;

namespace Neuro.Learning.Specs;

/// <summary>Layers in a few characters, for tables and drawings.</summary>
public static class LayerText
{
    /// <summary>What a layer does, such as <c>conv 3×3 /2 → 64</c>.</summary>
    public static string Describe(Layer layer) => layer switch
    {
        Conv2d c => $"conv {Sides(c.Kernel)}{Step(c.Stride)}"
            + $"{(c.Dilation == 1 ? "" : $" dilated {Sides(c.Dilation)}")}{(c.Groups == 1 ? "" : $" in {c.Groups} groups")} → {c.Out}{(c.Shared is null ? "" : " (shared)")}",
        ConvTranspose2d c => $"conv transposed {Sides(c.Kernel)}{Step(c.Stride)} → {c.Out}",
        MaxPool p => $"max pool {Sides(p.Kernel)}{Step(p.Stride)}",
        AvgPool p => $"mean pool {Sides(p.Kernel)}{Step(p.Stride)}",
        AdaptiveAvgPool p => $"mean pool to {Sides(p.Size)}",
        GlobalAvgPool => "mean of the plane",
        Linear l => $"linear → {l.Out}",
        Upsample u => $"{u.Mode.ToString().ToLowerInvariant()} to {Sides(u.Size)}",
        Pad p => $"zeros {p.Top}, {p.Left}, {p.Bottom}, {p.Right}",
        Dropout d => FormattableString.Invariant($"dropout {d.Rate}"),
        Proposals p => $"best {p.Count} regions",
        Detections d => $"best {d.Count} boxes",
        RoiAlign r => $"regions to {Sides(r.Size)}",
        _ => layer.Type.Replace('_', ' '),
    };

    /// <summary>A count with at most three digits before its unit: 11.7 M.</summary>
    public static string Count(long count) => count switch
    {
        >= 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.0} G"),
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.00} G"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.0} M"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e3:0.0} k"),
        _ => count.ToString(CultureInfo.InvariantCulture),
    };

    private static string Sides(Pair pair) => $"{pair.Height}×{pair.Width}";

    private static string Step(Pair stride) => stride == 1 ? "" : stride.IsSquare ? $" /{stride.Height}" : $" /{Sides(stride)}";
}
