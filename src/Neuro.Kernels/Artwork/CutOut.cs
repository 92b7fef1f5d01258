using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Artwork;

/// <summary>A product cut out of its catalogue picture on white.</summary>
/// <remarks>
/// Background is what can be reached from the picture's border over near-white pixels, and in the lower half also over smooth colourless ones: the baked shadow.
/// White cartons leak where their rim is white too, so each row is closed between its outermost foreground pixels, and below the shoulders the outline is made convex.
/// </remarks>
internal sealed class CutOut
{
    private const int White = 247;
    private const int ShadowDarkest = 120;
    private const int ShadowChroma = 16;
    private const int ShadowStep = 5;
    private const int OutlineWindow = 7;
    private const float Shoulders = 0.25f;

    private CutOut(Image picture, int[] left, int[] right, int top, int bottom)
    {
        Picture = picture;
        Left = left;
        Right = right;
        Top = top;
        Bottom = bottom;
    }

    /// <summary>The picture with everything outside the product overwritten by the nearest product colours, so that no white corner is left.</summary>
    public Image Picture { get; }

    /// <summary>First column of the product in each row; beyond <see cref="Right"/> where the row holds none.</summary>
    public int[] Left { get; }

    /// <summary>Last column of the product in each row.</summary>
    public int[] Right { get; }

    /// <summary>First row of the product.</summary>
    public int Top { get; }

    /// <summary>Last row of the product.</summary>
    public int Bottom { get; }

    /// <summary>Leftmost column of the product.</summary>
    public int MinX => Left[Top..(Bottom + 1)].Min();

    /// <summary>Rightmost column of the product.</summary>
    public int MaxX => Right[Top..(Bottom + 1)].Max();

    /// <summary>First row in which a column belongs to the product.</summary>
    public int HighestRow(int x)
    {
        var y = Top;
        while (y < Bottom && (x < Left[y] || x > Right[y]))
        {
            y++;
        }

        return y;
    }

    /// <summary>Last row in which a column belongs to the product.</summary>
    public int LowestRow(int x)
    {
        var y = Bottom;
        while (y > Top && (x < Left[y] || x > Right[y]))
        {
            y--;
        }

        return y;
    }

    /// <summary>What is inside the product's bounds.</summary>
    public Image Cropped()
    {
        var (left, width, height) = (MinX, MaxX - MinX + 1, Bottom - Top + 1);
        var rgb = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
        {
            Picture.Rgb.AsSpan(3 * ((Top + y) * Picture.Width + left), 3 * width).CopyTo(rgb.AsSpan(3 * y * width));
        }

        return new Image(width, height, rgb);
    }

    /// <summary>Width, height and depth of the product in pixels of its picture.</summary>
    public (float Width, float Height, float Depth) Proportions => CartonFaces.Of(this).Proportions;

    /// <summary>Cuts out; a picture with no background, or with nothing else, is taken whole.</summary>
    public static CutOut Of(Image picture)
    {
        var (width, height) = (picture.Width, picture.Height);
        var product = LargestPart(Background(picture), width, height);
        var left = new int[height];
        var right = new int[height];
        for (var y = 0; y < height; y++)
        {
            var row = product.AsSpan(y * width, width);
            left[y] = row.IndexOf(true) is var first and >= 0 ? first : width;
            right[y] = row.LastIndexOf(true);
        }

        var top = Array.FindIndex(right, x => x >= 0);
        if (top < 0)
        {
            return new CutOut(picture, new int[height], [.. Enumerable.Repeat(width - 1, height)], 0, height - 1);
        }

        var bottom = Array.FindLastIndex(right, x => x >= 0);
        left = Closed(Smoothed(left, top, bottom), top, bottom);
        right = Mirrored(Closed(Smoothed(Mirrored(right), top, bottom), top, bottom));
        return new CutOut(Outpainted(picture, left, right, top, bottom), left, right, top, bottom);
    }

    private static bool[] Background(Image picture)
    {
        var (width, height) = (picture.Width, picture.Height);
        var background = new bool[width * height];
        var front = new Queue<int>();
        for (var at = 0; at < background.Length; at++)
        {
            var (x, y) = (at % width, at / width);
            if ((x == 0 || y == 0 || x == width - 1 || y == height - 1) && Darkest(picture, at) >= White)
            {
                background[at] = true;
                front.Enqueue(at);
            }
        }

        while (front.TryDequeue(out var at))
        {
            foreach (var next in Neighbours(at, width, height))
            {
                if (!background[next] && (Darkest(picture, next) >= White || IsShadow(picture, at, next)))
                {
                    background[next] = true;
                    front.Enqueue(next);
                }
            }
        }

        return background;
    }

    private static bool IsShadow(Image picture, int from, int to)
    {
        if (to / picture.Width < picture.Height / 2)
        {
            return false;
        }

        var (darkest, brightest) = (Darkest(picture, to), Brightest(picture, to));
        return darkest >= ShadowDarkest && brightest - darkest <= ShadowChroma && Math.Abs(darkest - Darkest(picture, from)) <= ShadowStep;
    }

    private static bool[] LargestPart(bool[] background, int width, int height)
    {
        var part = new int[background.Length];
        var (best, bestSize, parts) = (0, 0, 0);
        var front = new Queue<int>();
        for (var seed = 0; seed < part.Length; seed++)
        {
            if (background[seed] || part[seed] != 0)
            {
                continue;
            }

            part[seed] = ++parts;
            front.Enqueue(seed);
            var size = 0;
            while (front.TryDequeue(out var at))
            {
                size++;
                foreach (var next in Neighbours(at, width, height))
                {
                    if (!background[next] && part[next] == 0)
                    {
                        part[next] = parts;
                        front.Enqueue(next);
                    }
                }
            }

            (best, bestSize) = size > bestSize ? (parts, size) : (best, bestSize);
        }

        return [.. part.Select(number => number != 0 && number == best)];
    }

    /// <summary>A running median above the shoulders; below them a running fifth from outside, since a white rim leaks inwards for rows on end.</summary>
    private static int[] Smoothed(int[] outline, int top, int bottom)
    {
        var smoothed = (int[])outline.Clone();
        for (var y = top; y <= bottom; y++)
        {
            var half = Math.Min(OutlineWindow, Math.Min(y - top, bottom - y));
            var window = outline[(y - half)..(y + half + 1)];
            Array.Sort(window);
            smoothed[y] = window[window.Length / (y < Shoulder(top, bottom) ? 2 : 5)];
        }

        return smoothed;
    }

    private static int[] Mirrored(int[] outline) => [.. outline.Select(x => -x)];

    private static int Shoulder(int top, int bottom) => top + (int)(Shoulders * (bottom - top));

    /// <summary>The lower convex hull of the outline below the carton's shoulders (Andrew's monotone chain): a body has no dents, only leaks.</summary>
    private static int[] Closed(int[] outline, int top, int bottom)
    {
        var hull = new List<int>();
        for (var y = Shoulder(top, bottom); y <= bottom; y++)
        {
            while (hull.Count >= 2 && !IsLeftOfChord(outline, hull[^2], hull[^1], y))
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(y);
        }

        var closed = (int[])outline.Clone();
        foreach (var (from, to) in hull.Zip(hull.Skip(1)))
        {
            for (var y = from; y < to; y++)
            {
                closed[y] = outline[from] + (outline[to] - outline[from]) * (y - from) / (to - from);
            }
        }

        return closed;
    }

    private static bool IsLeftOfChord(int[] outline, int first, int middle, int last) =>
        (outline[middle] - outline[first]) * (last - first) < (outline[last] - outline[first]) * (middle - first);

    private static Image Outpainted(Image picture, int[] left, int[] right, int top, int bottom)
    {
        // The outermost ring is mixed with white by the picture's own anti-aliasing: colours are taken two pixels further in.
        const int Rim = 2;
        var rgb = (byte[])picture.Rgb.Clone();
        for (var y = 0; y < picture.Height; y++)
        {
            var source = Math.Clamp(y, top + Rim, Math.Max(top + Rim, bottom - Rim));
            var (first, last) = (left[source] + Rim, right[source] - Rim);
            if (first > last)
            {
                first = last = (left[source] + right[source]) / 2;
            }

            for (var x = 0; x < picture.Width; x++)
            {
                var from = Math.Clamp(x, first, last);
                if (from != x || source != y)
                {
                    picture.Rgb.AsSpan(3 * (source * picture.Width + Math.Clamp(from, 0, picture.Width - 1)), 3).CopyTo(rgb.AsSpan(3 * (y * picture.Width + x)));
                }
            }
        }

        return picture with { Rgb = rgb };
    }

    private static IEnumerable<int> Neighbours(int at, int width, int height)
    {
        var x = at % width;
        if (x > 0)
        {
            yield return at - 1;
        }

        if (x < width - 1)
        {
            yield return at + 1;
        }

        if (at >= width)
        {
            yield return at - width;
        }

        if (at < width * (height - 1))
        {
            yield return at + width;
        }
    }

    private static int Darkest(Image picture, int at) => Math.Min(picture.Rgb[3 * at], Math.Min(picture.Rgb[3 * at + 1], picture.Rgb[3 * at + 2]));

    private static int Brightest(Image picture, int at) => Math.Max(picture.Rgb[3 * at], Math.Max(picture.Rgb[3 * at + 1], picture.Rgb[3 * at + 2]));
}
