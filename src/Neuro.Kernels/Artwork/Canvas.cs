using System.Numerics;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Artwork;

/// <summary>A picture under the pen: polygons are filled by the area of each texel that they cover.</summary>
/// <remarks>
/// Artwork is part of a rendered picture's bits, so it is drawn with plain arithmetic of our own and not by a graphics library, whose rounding differs between processors.
/// Each edge adds, texel by texel along its way, the signed area to its right; a running sum over the row then is the coverage.
/// </remarks>
internal sealed class Canvas
{
    // An edge that rises or runs less is taken as level or as upright: its slope would overflow.
    private const float Least = 1e-5f;

    private float[] coverage = [];

    public Canvas(int width, int height, Colour paper)
    {
        (Width, Height) = (width, height);
        Texels = new uint[width * height];
        Array.Fill(Texels, paper.Texel);
    }

    public Canvas(int width, int height, uint[] texels)
    {
        (Width, Height, Texels) = (width, height, texels);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>RGBA8, red in the lowest byte, row-major from the top left.</summary>
    public uint[] Texels { get; }

    /// <summary>A pen whose unit is the texel.</summary>
    public Pen Pen => new(this, Affine.Identity, new Window(0, 0, Width, Height));

    /// <summary>Fills a polygon that does not cross itself; only texels in the window change.</summary>
    public void Fill(ReadOnlySpan<Vector2> corners, uint texel, Window window)
    {
        var (low, high) = (corners[0], corners[0]);
        foreach (var corner in corners)
        {
            (low, high) = (Vector2.Min(low, corner), Vector2.Max(high, corner));
        }

        var (left, top) = (Math.Max(window.Left, Whole(MathF.Floor(low.X))), Math.Max(window.Top, Whole(MathF.Floor(low.Y))));
        var (right, bottom) = (Math.Min(window.Right, Whole(MathF.Ceiling(high.X))), Math.Min(window.Bottom, Whole(MathF.Ceiling(high.Y))));
        if (left >= right || top >= bottom)
        {
            return;
        }

        // Two columns more than are painted: what lies right of the window is added there and never read.
        var (wide, rows) = (right - left, bottom - top);
        var area = Clear((wide + 2) * rows);
        var origin = new Vector2(left, top);
        for (var i = 0; i < corners.Length; i++)
        {
            AddEdge(area, wide, rows, corners[i] - origin, corners[i + 1 < corners.Length ? i + 1 : 0] - origin);
        }

        for (var y = 0; y < rows; y++)
        {
            var sum = 0f;
            var row = area.Slice(y * (wide + 2), wide);
            var texels = Texels.AsSpan((top + y) * Width + left, wide);
            for (var x = 0; x < wide; x++)
            {
                sum += row[x];
                texels[x] = Blend(texels[x], texel, (uint)(Math.Min(Math.Abs(sum), 1) * 256 + 0.5f));
            }
        }
    }

    /// <summary>From <paramref name="under"/> to <paramref name="over"/> by <paramref name="share"/> of 256.</summary>
    public static uint Blend(uint under, uint over, uint share)
    {
        const uint Low = 0x00FF00FF;
        const uint Half = 0x00800080;
        var even = ((under & Low) * (256 - share) + (over & Low) * share + Half) >> 8 & Low;
        var odd = (under >> 8 & Low) * (256 - share) + (over >> 8 & Low) * share + Half & ~Low;
        return even | odd;
    }

    public Image ToImage()
    {
        var rgb = new byte[3 * Texels.Length];
        for (var i = 0; i < Texels.Length; i++)
        {
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = ((byte)Texels[i], (byte)(Texels[i] >> 8), (byte)(Texels[i] >> 16));
        }

        return new Image(Width, Height, rgb);
    }

    private static int Whole(float value) => (int)Math.Clamp(value, -100_000, 100_000);

    private Span<float> Clear(int count)
    {
        if (coverage.Length < count)
        {
            coverage = new float[count];
        }

        var area = coverage.AsSpan(0, count);
        area.Clear();
        return area;
    }

    private static void AddEdge(Span<float> area, int wide, int rows, Vector2 from, Vector2 to)
    {
        var direction = from.Y < to.Y ? 1 : -1;
        var (upper, lower) = direction > 0 ? (from, to) : (to, from);
        if (lower.Y - upper.Y < Least)
        {
            return;
        }

        var slope = (lower.X - upper.X) / (lower.Y - upper.Y);
        var last = Math.Min(lower.Y, rows);
        for (var y = Math.Max(0, (int)MathF.Floor(upper.Y)); y < last; y++)
        {
            var (begin, end) = (Math.Max(y, upper.Y), Math.Min(y + 1, lower.Y));
            var (x0, x1) = (Math.Clamp(upper.X + slope * (begin - upper.Y), 0, wide), Math.Clamp(upper.X + slope * (end - upper.Y), 0, wide));
            AddSpan(area.Slice(y * (wide + 2), wide + 2), Math.Min(x0, x1), Math.Max(x0, x1), direction * (end - begin));
        }
    }

    private static void AddSpan(Span<float> row, float x0, float x1, float height)
    {
        var leans = x1 - x0 >= Least;
        var slope = leans ? height / (x1 - x0) : 0;
        for (var x = (int)x0; x <= (int)(leans ? x1 : x0); x++)
        {
            var (begin, end) = (Math.Max(x0, x), Math.Min(x1, x + 1));
            var part = leans ? slope * (end - begin) : height;
            var beyond = part * ((begin + end) / 2 - x);
            row[x] += part - beyond;
            row[x + 1] += beyond;
        }
    }
}

/// <summary>Whole texels that may be painted, right and bottom excluded.</summary>
internal readonly record struct Window(int Left, int Top, int Right, int Bottom);
