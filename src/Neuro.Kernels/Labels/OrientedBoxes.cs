namespace Neuro.Kernels.Labels;

/// <summary>The smallest turned rectangle around a mask.</summary>
/// <remarks>One of its sides lies on an edge of the convex hull (Freeman and Shapira 1975). Pixels are squares: the rectangle holds their corners.</remarks>
internal static class OrientedBoxes
{
    /// <param name="mask">With at least one pixel.</param>
    public static OrientedBox Around(RunLength mask)
    {
        var hull = Hull(Outline(mask));
        var best = (Area: double.PositiveInfinity, Box: default(OrientedBox));
        for (var i = 0; i < hull.Count; i++)
        {
            var (from, to) = (hull[i], hull[(i + 1) % hull.Count]);
            var (dx, dy) = ((double)to.X - from.X, (double)to.Y - from.Y);
            var length = Math.Sqrt((dx * dx) + (dy * dy));
            var (cos, sin) = (dx / length, dy / length);
            // The same rectangle has four sides; the first axis is the one nearest to the picture's.
            if (Math.Abs(sin) > Math.Abs(cos))
            {
                (cos, sin) = (sin, -cos);
            }

            (cos, sin) = cos < 0 ? (-cos, -sin) : (cos, sin);
            var box = Turned(hull, cos, sin);
            var area = (double)box.Width * box.Height;
            if (area < best.Area * (1 - 1e-9))
            {
                best = (area, box);
            }
        }

        return best.Box;
    }

    private static OrientedBox Turned(List<(int X, int Y)> hull, double cos, double sin)
    {
        var (left, right, top, bottom) = (double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, double.NegativeInfinity);
        foreach (var (x, y) in hull)
        {
            var (along, across) = ((x * cos) + (y * sin), (y * cos) - (x * sin));
            (left, right, top, bottom) = (Math.Min(left, along), Math.Max(right, along), Math.Min(top, across), Math.Max(bottom, across));
        }

        var (middle, centre) = ((left + right) / 2, (top + bottom) / 2);
        var angle = Scenes.PortableMath.Atan(sin / cos) * (180 / Math.PI);
        return new OrientedBox(
            (float)((middle * cos) - (centre * sin)), (float)((middle * sin) + (centre * cos)), (float)(right - left), (float)(bottom - top), (float)(angle >= 45 ? -45 : angle));
    }

    /// <summary>Both ends of each column, as corners of pixels, from left to right.</summary>
    private static List<(int X, int Y)> Outline(RunLength mask)
    {
        var points = new List<(int X, int Y)>();
        var (x, top, bottom) = (-1, 0, 0);
        var at = 0;
        for (var run = 0; run < mask.Counts.Count; run++)
        {
            var end = at + mask.Counts[run];
            // A run of ones may go on in the next column.
            while (run % 2 == 1 && at < end)
            {
                var column = at / mask.Height;
                var last = Math.Min(end, (column + 1) * mask.Height);
                if (column != x)
                {
                    Close();
                    (x, top) = (column, at % mask.Height);
                }

                bottom = last - (column * mask.Height);
                at = last;
            }

            at = end;
        }

        Close();
        return points;

        void Close()
        {
            if (x >= 0)
            {
                points.AddRange([(x, top), (x, bottom), (x + 1, top), (x + 1, bottom)]);
            }
        }
    }

    /// <summary>Andrew's monotone chain.</summary>
    private static List<(int X, int Y)> Hull(List<(int X, int Y)> points)
    {
        points.Sort();
        var hull = new List<(int X, int Y)>();
        for (var pass = 0; pass < 2; pass++)
        {
            var start = hull.Count;
            foreach (var point in points)
            {
                while (hull.Count >= start + 2 && Turn(hull[^2], hull[^1], point) <= 0)
                {
                    hull.RemoveAt(hull.Count - 1);
                }

                hull.Add(point);
            }

            hull.RemoveAt(hull.Count - 1);
            points.Reverse();
        }

        return hull;
    }

    private static long Turn((int X, int Y) a, (int X, int Y) b, (int X, int Y) c) => ((long)(b.X - a.X) * (c.Y - a.Y)) - ((long)(b.Y - a.Y) * (c.X - a.X));
}
