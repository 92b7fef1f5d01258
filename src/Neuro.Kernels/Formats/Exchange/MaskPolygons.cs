using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Masks as polygons along the edges of their pixels, and back: nothing is rounded on the way.</summary>
internal static class MaskPolygons
{
    private readonly record struct Ring(int Component, List<Vector2> Points);

    /// <summary>A polygon for each part of a mask whose pixels touch by their sides; holes are cut into it by a bridge there and back.</summary>
    public static IReadOnlyList<IReadOnlyList<Vector2>> OfParts(RunLength mask) =>
        [.. Rings(mask).GroupBy(ring => ring.Component).Select(part => Joined([.. part.Select(ring => ring.Points)]))];

    /// <summary>One polygon of the whole mask, its parts and holes joined by bridges there and back.</summary>
    public static IReadOnlyList<Vector2> OfWhole(RunLength mask) => Joined([.. Rings(mask).Select(ring => ring.Points)]);

    /// <summary>The pixels whose centres lie inside one of the polygons an odd number of times.</summary>
    public static RunLength Fill(int width, int height, IReadOnlyList<IReadOnlyList<Vector2>> polygons)
    {
        var mask = new bool[width * height];
        var turns = new bool[(width + 1) * height];
        foreach (var polygon in polygons.Where(polygon => polygon.Count > 0))
        {
            for (var at = 0; at < polygon.Count; at++)
            {
                Mark(polygon[at], polygon[(at + 1) % polygon.Count], width, height, turns);
            }

            Add(turns, mask, width, Row(polygon.Min(point => point.Y), height), Row(polygon.Max(point => point.Y), height));
        }

        return RunLength.Encode(width, height, mask);
    }

    /// <summary>A mark turns every pixel from there to the row's end inside out; the marks are wiped for the next polygon.</summary>
    private static void Add(bool[] turns, bool[] mask, int width, int first, int last)
    {
        for (var y = first; y < last; y++)
        {
            var row = turns.AsSpan(y * (width + 1), width + 1);
            var inside = false;
            for (var x = 0; x < width; x++)
            {
                inside ^= row[x];
                mask[(y * width) + x] |= inside;
            }

            row.Clear();
        }
    }

    /// <summary>The first row whose middle is not above a height.</summary>
    private static int Row(float y, int height) => (int)Math.Clamp(Math.Ceiling(y - 0.5), 0, height);

    private static void Mark(Vector2 from, Vector2 to, int width, int height, bool[] turns)
    {
        // Both ways along an edge must give the same crossings, or a bridge would leave a trace.
        var (top, bottom) = from.Y < to.Y || (from.Y == to.Y && from.X < to.X) ? (from, to) : (to, from);
        var last = Row(bottom.Y, height);
        for (var y = Row(top.Y, height); y < last; y++)
        {
            var crossing = top.X + ((y + 0.5 - top.Y) * ((double)bottom.X - top.X) / ((double)bottom.Y - top.Y));
            turns[(y * (width + 1)) + (int)Math.Clamp(Math.Ceiling(crossing - 0.5), 0, width)] ^= true;
        }
    }

    private static List<Vector2> Joined(List<List<Vector2>> rings)
    {
        if (rings.Count == 0)
        {
            return [];
        }

        var joined = rings[0];
        var start = joined[0];
        foreach (var ring in rings.Skip(1))
        {
            joined.Add(start);
            joined.AddRange(ring);
            joined.Add(ring[0]);
        }

        return joined;
    }

    /// <summary>The outlines of a mask, the inside on the right hand, each corner once.</summary>
    private static List<Ring> Rings(RunLength mask)
    {
        var box = mask.Box;
        var grid = new Grid(mask, box);
        var parts = grid.Parts();
        var walked = new bool[grid.Pixels.Length];
        var rings = new List<Ring>();
        for (var y = 0; y < box.Height; y++)
        {
            for (var x = 0; x < box.Width; x++)
            {
                // Every outline, also a hole's, runs to the right along the top of some pixel.
                if (grid[x, y] && !grid[x, y - 1] && !walked[(y * box.Width) + x])
                {
                    rings.Add(new Ring(parts[(y * box.Width) + x], Walk(grid, walked, x, y, box)));
                }
            }
        }

        return rings;
    }

    private static List<Vector2> Walk(Grid grid, bool[] walked, int startX, int startY, BoundingBox box)
    {
        var points = new List<Vector2>();
        var (x, y, dx, dy) = (startX, startY, 1, 0);
        do
        {
            if (dx == 1)
            {
                walked[(y * box.Width) + x] = true;
            }

            (x, y) = (x + dx, y + dy);
            // The pixels beyond the corner on either hand; where two touch by the corner alone they stay apart.
            var (right, left) = Ahead(grid, x, y, dx, dy);
            var (wasX, wasY) = (dx, dy);
            if (!right)
            {
                (dx, dy) = (-dy, dx);
            }
            else if (left)
            {
                (dx, dy) = (dy, -dx);
            }

            if ((wasX, wasY) != (dx, dy))
            {
                points.Add(new Vector2(box.X + x, box.Y + y));
            }
        }
        while ((x, y, dx, dy) != (startX, startY, 1, 0));

        return points;
    }

    private static (bool Right, bool Left) Ahead(Grid grid, int x, int y, int dx, int dy) => (dx, dy) switch
    {
        (1, 0) => (grid[x, y], grid[x, y - 1]),
        (0, 1) => (grid[x - 1, y], grid[x, y]),
        (-1, 0) => (grid[x - 1, y - 1], grid[x - 1, y]),
        _ => (grid[x, y - 1], grid[x - 1, y - 1]),
    };

    /// <summary>A mask's pixels inside its box; outside there are none.</summary>
    private sealed class Grid
    {
        private readonly BoundingBox box;

        public Grid(RunLength mask, BoundingBox box)
        {
            this.box = box;
            Pixels = new bool[box.Width * box.Height];
            var end = 0;
            for (var run = 0; run < mask.Counts.Count; run++)
            {
                var start = end;
                end += mask.Counts[run];
                for (var at = start; at < end && (run & 1) == 1; at++)
                {
                    Pixels[(((at % mask.Height) - box.Y) * box.Width) + (at / mask.Height) - box.X] = true;
                }
            }
        }

        public bool[] Pixels { get; }

        public bool this[int x, int y] => x >= 0 && y >= 0 && x < box.Width && y < box.Height && Pixels[(y * box.Width) + x];

        /// <summary>A number for each pixel, the same for those that touch by their sides.</summary>
        public int[] Parts()
        {
            var parts = new int[Pixels.Length];
            var open = new Stack<int>();
            var count = 0;
            for (var seed = 0; seed < Pixels.Length; seed++)
            {
                if (!Pixels[seed] || parts[seed] != 0)
                {
                    continue;
                }

                parts[seed] = ++count;
                for (open.Push(seed); open.TryPop(out var at);)
                {
                    var (x, y) = (at % box.Width, at / box.Width);
                    foreach (var (nextX, nextY) in ((int, int)[])[(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)])
                    {
                        var next = (nextY * box.Width) + nextX;
                        if (this[nextX, nextY] && parts[next] == 0)
                        {
                            parts[next] = count;
                            open.Push(next);
                        }
                    }
                }
            }

            return parts;
        }
    }
}
