using System.Numerics;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Draws shapes on a canvas in coordinates of its own.</summary>
internal readonly record struct Pen(Canvas Canvas, Affine Place, Window Window)
{
    private const int CircleCorners = 64;
    private const int CapCorners = 8;

    private static readonly Vector2[] UnitCircle =
        [.. Enumerable.Range(0, CircleCorners).Select(i => new Vector2((float)PortableMath.Cos(2 * Math.PI * i / CircleCorners), (float)PortableMath.Sin(2 * Math.PI * i / CircleCorners)))];

    /// <summary>The same pen with its origin moved.</summary>
    public Pen Moved(float x, float y) => this with { Place = Place.After(new Affine(Vector2.UnitX, Vector2.UnitY, new Vector2(x, y))) };

    /// <summary>The same pen with a larger unit.</summary>
    public Pen Scaled(float by) => Scaled(by, by);

    public Pen Scaled(float across, float down) => this with { Place = Place.After(new Affine(new Vector2(across, 0), new Vector2(0, down), Vector2.Zero)) };

    /// <summary>The same pen turned clockwise.</summary>
    public Pen Turned(double radians)
    {
        var (cos, sin) = ((float)PortableMath.Cos(radians), (float)PortableMath.Sin(radians));
        return this with { Place = Place.After(new Affine(new Vector2(cos, sin), new Vector2(-sin, cos), Vector2.Zero)) };
    }

    /// <summary>The same pen turned so that its first axis runs along a direction.</summary>
    public Pen Along(float x, float y)
    {
        var length = MathF.Sqrt(x * x + y * y);
        return this with { Place = Place.After(new Affine(new Vector2(x / length, y / length), new Vector2(-y / length, x / length), Vector2.Zero)) };
    }

    /// <summary>The same pen, painting only inside an upright rectangle, to whole texels.</summary>
    public Pen Within(float left, float top, float width, float height)
    {
        var (a, b) = (Place.At(new Vector2(left, top)), Place.At(new Vector2(left + width, top + height)));
        var (low, high) = (Vector2.Min(a, b), Vector2.Max(a, b));
        return this with
        {
            Window = new Window(
                Math.Max(Window.Left, (int)MathF.Floor(low.X + 0.5f)),
                Math.Max(Window.Top, (int)MathF.Floor(low.Y + 0.5f)),
                Math.Min(Window.Right, (int)MathF.Floor(high.X + 0.5f)),
                Math.Min(Window.Bottom, (int)MathF.Floor(high.Y + 0.5f))),
        };
    }

    public void Rectangle(float left, float top, float width, float height, Colour colour) =>
        Polygon(colour, (left, top), (left + width, top), (left + width, top + height), (left, top + height));

    public void RoundRectangle(float left, float top, float width, float height, float radius, Colour colour)
    {
        var corners = new (float, float)[4 * (CapCorners + 1)];
        var count = 0;
        foreach (var (x, y, quarter) in (ReadOnlySpan<(float, float, int)>)[(left + width - radius, top + height - radius, 0), (left + radius, top + height - radius, 1), (left + radius, top + radius, 2), (left + width - radius, top + radius, 3)])
        {
            for (var i = 0; i <= CapCorners; i++)
            {
                var unit = UnitCircle[(quarter * CircleCorners / 4 + i * CircleCorners / 4 / CapCorners) % CircleCorners];
                corners[count++] = (x + radius * unit.X, y + radius * unit.Y);
            }
        }

        Polygon(colour, corners);
    }

    public void Circle(float x, float y, float radius, Colour colour) => Oval(x, y, radius, radius, colour);

    public void Oval(float x, float y, float halfWidth, float halfHeight, Colour colour)
    {
        var pixels = Math.Max(Math.Abs(halfWidth), Math.Abs(halfHeight)) * MathF.Sqrt(Math.Abs(Place.Determinant));
        var step = pixels < 5 ? 4 : pixels < 16 ? 2 : 1;

        // The polygon is a little larger than one inscribed, so that it has the oval's own area.
        var fit = step switch { 4 => 1.01296f, 2 => 1.00322f, _ => 1.00080f };
        Span<Vector2> corners = stackalloc Vector2[CircleCorners / step];
        for (var i = 0; i < corners.Length; i++)
        {
            var unit = UnitCircle[i * step];
            corners[i] = Place.At(new Vector2(x + halfWidth * fit * unit.X, y + halfHeight * fit * unit.Y));
        }

        Canvas.Fill(corners, colour.Texel, Window);
    }

    /// <summary>Fills a polygon that does not cross itself.</summary>
    public void Polygon(Colour colour, params ReadOnlySpan<(float X, float Y)> corners)
    {
        Span<Vector2> placed = corners.Length <= 128 ? stackalloc Vector2[corners.Length] : new Vector2[corners.Length];
        for (var i = 0; i < corners.Length; i++)
        {
            placed[i] = Place.At(new Vector2(corners[i].X, corners[i].Y));
        }

        Canvas.Fill(placed, colour.Texel, Window);
    }

    /// <summary>Straight strokes with round ends from point to point.</summary>
    public void Stroke(Colour colour, float width, params ReadOnlySpan<(float X, float Y)> points)
    {
        for (var i = 1; i < points.Length; i++)
        {
            Capsule(new Vector2(points[i - 1].X, points[i - 1].Y), new Vector2(points[i].X, points[i].Y), width / 2, colour);
        }
    }

    /// <summary>A closed outline through the midpoints, bent at the points: a quadratic B-spline.</summary>
    public void Smooth(Colour colour, params ReadOnlySpan<(float X, float Y)> points)
    {
        const int Steps = 8;
        var outline = new (float, float)[Steps * points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            var (before, at, after) = (points[(i + points.Length - 1) % points.Length], points[i], points[(i + 1) % points.Length]);
            for (var step = 0; step < Steps; step++)
            {
                var t = step / (float)Steps;
                var (a, b, c) = (0.5f * (1 - t) * (1 - t), 0.5f + t * (1 - t), 0.5f * t * t);
                outline[i * Steps + step] = (a * before.X + b * at.X + c * after.X, a * before.Y + b * at.Y + c * after.Y);
            }
        }

        Polygon(colour, outline);
    }

    /// <summary>An upright rectangle that runs from one colour at its top to another at its foot.</summary>
    public void Gradient(float left, float top, float width, float height, Colour from, Colour to)
    {
        var inside = Within(left, top, width, height);
        var area = inside.Window;
        for (var y = area.Top; y < area.Bottom; y++)
        {
            var colour = from.Mix(to, (y + 0.5f - area.Top) / (area.Bottom - area.Top));
            Canvas.Texels.AsSpan(y * Canvas.Width + area.Left, Math.Max(0, area.Right - area.Left)).Fill(colour.Texel);
        }
    }

    /// <summary>A texture, upright, from the level that is about as fine as the canvas.</summary>
    public void Picture(Texture texture, float width, float height)
    {
        var (low, high) = (Place.At(Vector2.Zero), Place.At(new Vector2(width, height)));
        var level = 0;
        while (texture.Size >> level + 1 >= Math.Max(high.X - low.X, high.Y - low.Y) && level + 1 < texture.Mips.Length)
        {
            level++;
        }

        var (mip, size) = (texture.Mips[level], texture.Size >> level);
        var area = Within(0, 0, width, height).Window;
        for (var y = area.Top; y < area.Bottom; y++)
        {
            for (var x = area.Left; x < area.Right; x++)
            {
                Canvas.Texels[y * Canvas.Width + x] = Bilinear(mip, size, (x + 0.5f - low.X) / (high.X - low.X) * size - 0.5f, (y + 0.5f - low.Y) / (high.Y - low.Y) * size - 0.5f);
            }
        }
    }

    private static uint Bilinear(uint[] mip, int size, float x, float y)
    {
        var (u, v) = ((int)(256 * Math.Clamp(x, 0, size - 1)), (int)(256 * Math.Clamp(y, 0, size - 1)));
        var (left, upper) = (u >> 8, v >> 8);
        var (right, lower) = (Math.Min(left + 1, size - 1), Math.Min(upper + 1, size - 1));
        return Canvas.Blend(
            Canvas.Blend(mip[upper * size + left], mip[upper * size + right], (uint)(u & 255)),
            Canvas.Blend(mip[lower * size + left], mip[lower * size + right], (uint)(u & 255)),
            (uint)(v & 255));
    }

    private void Capsule(Vector2 from, Vector2 to, float radius, Colour colour)
    {
        var along = to - from;
        var length = MathF.Sqrt(along.X * along.X + along.Y * along.Y);
        var ahead = length > 0 ? along / length : Vector2.UnitX;
        var aside = new Vector2(-ahead.Y, ahead.X);
        Span<Vector2> corners = stackalloc Vector2[2 * (CapCorners + 1)];
        for (var i = 0; i <= CapCorners; i++)
        {
            // Half a circle from one side over the tip to the other, and the same about the other end.
            var unit = UnitCircle[i * (CircleCorners / 2) / CapCorners];
            corners[i] = Place.At(to + radius * (unit.Y * ahead - unit.X * aside));
            corners[CapCorners + 1 + i] = Place.At(from - radius * (unit.Y * ahead - unit.X * aside));
        }

        Canvas.Fill(corners, colour.Texel, Window);
    }
}
