using Neuro.Client.Api;

namespace Neuro.Learning.Exchange;

/// <summary>The arithmetic of shapes that exporters leave in a graph, done on reading: operators whose inputs are all constants.</summary>
internal static class OnnxFolding
{
    /// <summary>Above this a tensor is weights and not a shape, and only moved, never computed with.</summary>
    private const int MaxNumbers = 1 << 16;

    /// <summary>The node's output, or nothing where it is no operator of this kind.</summary>
    /// <exception cref="NeuroException"><c>onnx.invalid</c></exception>
    public static OnnxConstant? Fold(OnnxNode node, IReadOnlyList<OnnxConstant?> x)
    {
        if (node.Operator == "Constant")
        {
            return Constant(node);
        }

        if (x.Count == 0 || x[0] is not { } first || x.Skip(1).Any(input => input is null && node.Operator != "Slice"))
        {
            return null;
        }

        try
        {
            return node.Operator switch
            {
                "Identity" or "Dropout" => first,
                "Cast" => Cast(first, node.Whole("to", 0)),
                "Transpose" => first.Transposed([.. node.Wholes("perm") ?? [.. Enumerable.Range(0, first.Shape.Length).Reverse().Select(axis => (long)axis)]]),
                "Reshape" => first.Reshaped(ReshapeTo(first, x[1]!.Wholes!)),
                "Squeeze" => first.Reshaped(Squeezed(first.Shape, Axes(node, x))),
                "Unsqueeze" => first.Reshaped(Unsqueezed(first.Shape, Axes(node, x)!)),
                _ when x.Any(input => input!.Count > MaxNumbers) => null,
                "Gather" when first.Shape.Length == 1 && x[1]!.Shape.Length <= 1 => Gather(first, x[1]!),
                "Concat" => new(
                    [x.Sum(input => (long)input!.Count)], first.Floats is null ? null : [.. x.SelectMany(input => input!.AsFloats())], first.Floats is null ? [.. x.SelectMany(input => input!.Wholes!)] : null),
                "Slice" when first.Shape.Length == 1 => Slice(node, first, x),
                "Add" => Pairwise(first, x[1]!, (a, b) => a + b),
                "Sub" => Pairwise(first, x[1]!, (a, b) => a - b),
                "Mul" => Pairwise(first, x[1]!, (a, b) => a * b),
                "Div" => Pairwise(first, x[1]!, (a, b) => first.Floats is null ? Math.Truncate(a / b) : a / b),
                "Floor" => first.Like(first.Shape, [.. first.Numbers.Select(Math.Floor)]),
                "Ceil" => first.Like(first.Shape, [.. first.Numbers.Select(Math.Ceiling)]),
                _ => null,
            };
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or NullReferenceException or InvalidOperationException)
        {
            throw new NeuroException("onnx.invalid",
                $"The ONNX node '{node.Label}' ({node.Operator}) does not fit the constants that it reads, {string.Join(" and ", x.Select(input => input is null ? "nothing" : $"[{string.Join(", ", input.Shape)}]"))}.");
        }
    }

    /// <summary>Axes of Squeeze, Unsqueeze and the reductions: an attribute in older opsets, an input in newer ones; none means all.</summary>
    public static long[]? Axes(OnnxNode node, IReadOnlyList<OnnxConstant?> x) => x.Count > 1 && x[1] is { Wholes: { } wholes } ? wholes : node.Wholes("axes")?.ToArray();

    private static OnnxConstant? Constant(OnnxNode node) =>
        node.Attributes.TryGetValue("value", out var value) ? value.Tensor
        : node.Attributes.TryGetValue("value_float", out var real) ? new([], [real.Float], null)
        : node.Attributes.TryGetValue("value_int", out var whole) ? new([], null, [whole.Whole])
        : node.Attributes.TryGetValue("value_ints", out var wholes) ? OnnxConstant.Of([.. wholes.Wholes])
        : null;

    private static OnnxConstant? Cast(OnnxConstant from, long type) => type switch
    {
        6 or 7 => new(from.Shape, null, from.Wholes ?? [.. from.Floats!.Select(value => (long)Math.Truncate((double)value))]),
        // A float holds no open batch size: what is computed with one stays in whole numbers.
        1 when from.Wholes?.Contains(OnnxConstant.Free) != true => new(from.Shape, from.AsFloats(), null),
        1 => from,
        _ => null,
    };

    private static long[] ReshapeTo(OnnxConstant from, long[] to)
    {
        var shape = to.Select((side, i) => side == 0 ? from.Shape[i] : side).ToArray();
        var open = Array.IndexOf(shape, -1);
        if (open >= 0)
        {
            shape[open] = from.Count / Math.Max(1, shape.Where(side => side != -1).Aggregate(1L, (product, side) => product * side));
        }

        return shape.Aggregate(1L, (product, side) => product * side) == from.Count ? shape : throw new ArgumentException("other count");
    }

    private static long[] Squeezed(long[] shape, long[]? axes) =>
        [.. shape.Where((side, axis) => axes is null ? side != 1 : !axes.Contains(axis) && !axes.Contains(axis - shape.Length))];

    private static long[] Unsqueezed(long[] shape, long[] axes)
    {
        var to = shape.ToList();
        foreach (var axis in axes.Select(axis => axis < 0 ? axis + shape.Length + axes.Length : axis).Order())
        {
            to.Insert((int)axis, 1);
        }

        return [.. to];
    }

    private static OnnxConstant Gather(OnnxConstant from, OnnxConstant at) => Picked(from, at.Shape, [.. at.Wholes!.Select(i => i < 0 ? i + from.Count : i)]);

    private static OnnxConstant Slice(OnnxNode node, OnnxConstant from, IReadOnlyList<OnnxConstant?> x)
    {
        var (begin, end, step) = ((x.ElementAtOrDefault(1)?.Wholes ?? node.Wholes("starts"))![0], (x.ElementAtOrDefault(2)?.Wholes ?? node.Wholes("ends"))![0], x.ElementAtOrDefault(4)?.Wholes?[0] ?? 1);
        var (first, last) = (Math.Clamp(begin < 0 ? begin + from.Count : begin, 0, from.Count), Math.Clamp(end < 0 ? end + from.Count : end, 0, from.Count));
        var at = step == 1 ? Enumerable.Range((int)first, (int)Math.Max(0, last - first)).Select(i => (long)i).ToArray() : throw new ArgumentException("step");
        return Picked(from, [at.Length], at);
    }

    private static OnnxConstant Picked(OnnxConstant from, long[] shape, long[] at) =>
        new(shape, from.Floats is null ? null : [.. at.Select(i => from.Floats[i])], from.Wholes is null ? null : [.. at.Select(i => from.Wholes[i])]);

    private static OnnxConstant Pairwise(OnnxConstant a, OnnxConstant b, Func<double, double, double> apply)
    {
        var (left, right, longer) = (a.Numbers, b.Numbers, a.Count >= b.Count ? a : b);
        return left.Length != right.Length && left.Length != 1 && right.Length != 1
            ? throw new ArgumentException("other count")
            : (a.Floats ?? b.Floats) is null
                ? longer.Like(longer.Shape, Apply())
                : new(longer.Shape, [.. Apply().Select(value => (float)value)], null);

        double[] Apply() => [.. Enumerable.Range(0, longer.Count).Select(i => apply(left[left.Length == 1 ? 0 : i], right[right.Length == 1 ? 0 : i]))];
    }
}
