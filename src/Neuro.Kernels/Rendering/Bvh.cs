using System.Numerics;

namespace Neuro.Kernels.Rendering;

/// <summary>Builds the flat tree: surface-area heuristic over sorted centres, depth first, near child first.</summary>
internal static class Bvh
{
    /// <summary>The nodes of a tree over <paramref name="primitives"/>, one primitive a leaf, ordered for an eye at <paramref name="eye"/>.</summary>
    public static BvhNode[] Build(ReadOnlySpan<Primitive> primitives, Vector3 eye)
    {
        if (primitives.IsEmpty)
        {
            return [];
        }

        var order = new int[primitives.Length];
        var boxes = new Bounds[primitives.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            boxes[i] = Bounds.Of(in primitives[i]);
        }

        var nodes = new BvhNode[(2 * order.Length) - 1];
        var costs = new float[order.Length];
        var keys = new float[order.Length];
        var count = 0;
        Split(order, 0, order.Length, boxes, eye, nodes, ref count, costs, keys);
        return nodes;
    }

    private static void Split(int[] order, int from, int to, Bounds[] boxes, Vector3 eye, BvhNode[] nodes, ref int count, float[] costs, float[] keys)
    {
        var at = count++;
        var bounds = Bounds.Empty;
        for (var i = from; i < to; i++)
        {
            bounds = bounds.With(boxes[order[i]]);
        }

        nodes[at] = bounds.ToNode() with { Primitive = to - from == 1 ? order[from] : -1 };
        if (to - from > 1)
        {
            var (axis, middle) = BestSplit(order, from, to, boxes, costs, keys);
            Sort(order, from, to, boxes, axis, keys);
            var left = Union(order, from, middle, boxes).Centre;
            var right = Union(order, middle, to, boxes).Centre;
            if (Vector3.DistanceSquared(left, eye) <= Vector3.DistanceSquared(right, eye))
            {
                Split(order, from, middle, boxes, eye, nodes, ref count, costs, keys);
                Split(order, middle, to, boxes, eye, nodes, ref count, costs, keys);
            }
            else
            {
                Split(order, middle, to, boxes, eye, nodes, ref count, costs, keys);
                Split(order, from, middle, boxes, eye, nodes, ref count, costs, keys);
            }
        }

        nodes[at].Skip = count;
    }

    /// <summary>The axis and position with the least Σ area · number, over all three sorted orders (Wald 2007).</summary>
    private static (int Axis, int Middle) BestSplit(int[] order, int from, int to, Bounds[] boxes, float[] costs, float[] keys)
    {
        var best = (Axis: 0, Middle: (from + to) / 2);
        var least = float.PositiveInfinity;
        for (var axis = 0; axis < 3; axis++)
        {
            Sort(order, from, to, boxes, axis, keys);
            var right = Bounds.Empty;
            for (var i = to - 1; i > from; i--)
            {
                right = right.With(boxes[order[i]]);
                costs[i] = right.HalfArea * (to - i);
            }

            var left = Bounds.Empty;
            for (var i = from + 1; i < to; i++)
            {
                left = left.With(boxes[order[i - 1]]);
                var cost = (left.HalfArea * (i - from)) + costs[i];
                if (cost < least)
                {
                    least = cost;
                    best = (axis, i);
                }
            }
        }

        return best;
    }

    private static void Sort(int[] order, int from, int to, Bounds[] boxes, int axis, float[] keys)
    {
        for (var i = from; i < to; i++)
        {
            keys[i] = boxes[order[i]].Centre[axis];
        }

        // Equal keys would be left in an order that depends on the sort; the index decides.
        Array.Sort(keys, order, from, to - from);
        for (var i = from; i < to;)
        {
            var end = i + 1;
            while (end < to && keys[end] == keys[i])
            {
                end++;
            }

            Array.Sort(order, i, end - i);
            i = end;
        }
    }

    private static Bounds Union(int[] order, int from, int to, Bounds[] boxes)
    {
        var bounds = Bounds.Empty;
        for (var i = from; i < to; i++)
        {
            bounds = bounds.With(boxes[order[i]]);
        }

        return bounds;
    }
}

/// <summary>An axis-aligned box.</summary>
internal readonly record struct Bounds(Vector3 Min, Vector3 Max)
{
    public static readonly Bounds Empty = new(new Vector3(float.PositiveInfinity), new Vector3(float.NegativeInfinity));

    public Vector3 Centre => (Min + Max) * 0.5f;

    public float HalfArea
    {
        get
        {
            var size = Max - Min;
            return (size.X * size.Y) + (size.Y * size.Z) + (size.Z * size.X);
        }
    }

    /// <summary>A hair wider than the primitive, so that rounding in a leaf's own test never finds what its node has missed.</summary>
    public static Bounds Of(in Primitive solid)
    {
        const float Hair = 1e-5f;
        var centre = new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ);
        if (solid.Shape == Primitive.Triangle)
        {
            var second = centre + new Vector3(solid.AxisXX, solid.AxisXY, solid.AxisXZ);
            var third = centre + new Vector3(solid.AxisYX, solid.AxisYY, solid.AxisYZ);
            var (min, max) = (Vector3.Min(centre, Vector3.Min(second, third)), Vector3.Max(centre, Vector3.Max(second, third)));
            return new Bounds(min - new Vector3(Hair), max + new Vector3(Hair));
        }

        // Radii of a frustum differ; the larger one holds for both directions.
        var (x, y, z) = (solid.HalfX, solid.HalfY, solid.HalfZ);
        (x, z) = solid.Shape switch
        {
            Primitive.Cylinder => (x, x),
            Primitive.Frustum => (Math.Max(x, z), Math.Max(x, z)),
            _ => (x, z),
        };
        var half = solid.Turned != 0
            ? new Vector3(
                (Math.Abs(solid.AxisXX) * x) + (Math.Abs(solid.AxisYX) * y) + (Math.Abs(solid.AxisZX) * z),
                (Math.Abs(solid.AxisXY) * x) + (Math.Abs(solid.AxisYY) * y) + (Math.Abs(solid.AxisZY) * z),
                (Math.Abs(solid.AxisXZ) * x) + (Math.Abs(solid.AxisYZ) * y) + (Math.Abs(solid.AxisZZ) * z))
            : solid.Shape is Primitive.Cylinder or Primitive.Frustum
                ? new Vector3(x, y, z)
                : new Vector3((Math.Abs(solid.Cos) * x) + (Math.Abs(solid.Sin) * z), y, (Math.Abs(solid.Sin) * x) + (Math.Abs(solid.Cos) * z));
        return new Bounds(centre - half - new Vector3(Hair), centre + half + new Vector3(Hair));
    }

    public BvhNode ToNode() => new() { MinX = Min.X, MinY = Min.Y, MinZ = Min.Z, MaxX = Max.X, MaxY = Max.Y, MaxZ = Max.Z };

    public Bounds With(Bounds other) => new(Vector3.Min(Min, other.Min), Vector3.Max(Max, other.Max));
}
