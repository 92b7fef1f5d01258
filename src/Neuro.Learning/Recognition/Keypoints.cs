using System.Numerics.Tensors;
using Neuro.Kernels.Formats;

namespace Neuro.Learning.Recognition;

/// <summary>Finds and describes <see cref="Keypoint"/>s. Constants and formulas are those of Lowe 2004; the section of the paper is named at each.</summary>
internal static class Keypoints
{
    private const int Intervals = 3;
    private const float FirstBlur = 1.6f;
    private const float CameraBlur = 0.5f;
    private const float LeastContrast = 0.03f;
    private const float MostEdge = 10;
    private const int Margin = 5;
    private const int LeastSide = 24;
    private const int Directions = 36;
    private const int Cells = 4;
    private const int CellDirections = 8;

    /// <summary>The strongest keypoints of a picture.</summary>
    /// <param name="picture">RGB.</param>
    /// <param name="most">At most so many.</param>
    public static IReadOnlyList<Keypoint> Of(Image picture, int most)
    {
        var found = new List<Keypoint>();
        // Twice the size first: most keypoints are fine (section 3.3).
        var (plane, step) = (Blurred(Doubled(Grey(picture)), MathF.Sqrt((FirstBlur * FirstBlur) - (4 * CameraBlur * CameraBlur))), 0.5f);
        for (; Math.Min(plane.Width, plane.Height) >= LeastSide; step *= 2)
        {
            var blurs = Octave(plane);
            found.AddRange(Extrema(blurs).SelectMany(extremum => Described(blurs, extremum, step)));
            plane = Halved(blurs[Intervals]);
        }

        return [.. found.OrderByDescending(point => point.Strength).Take(most)];
    }

    /// <summary>Blurs of one octave, each <c>2^(1/<see cref="Intervals"/>)</c> wider than the one before (section 3).</summary>
    private static Plane[] Octave(Plane first)
    {
        var blurs = new Plane[Intervals + 3];
        blurs[0] = first;
        for (var i = 1; i < blurs.Length; i++)
        {
            var (before, after) = (Blur(i - 1), Blur(i));
            blurs[i] = Blurred(blurs[i - 1], MathF.Sqrt((after * after) - (before * before)));
        }

        return blurs;
    }

    private static float Blur(float interval) => FirstBlur * MathF.Pow(2, interval / Intervals);

    private readonly record struct Extremum(int X, int Y, int Interval, float DX, float DY, float DInterval, float Value);

    /// <summary>Extremes among 26 neighbours of the differences of blurs, refined, without faint ones and edges (sections 3.1, 4, 4.1).</summary>
    private static IEnumerable<Extremum> Extrema(Plane[] blurs)
    {
        Plane[] differences = [.. Enumerable.Range(0, blurs.Length - 1).Select(i => blurs[i + 1].Minus(blurs[i]))];
        var (width, height) = (blurs[0].Width, blurs[0].Height);
        for (var interval = 1; interval <= Intervals; interval++)
        {
            for (var y = Margin; y < height - Margin; y++)
            {
                for (var x = Margin; x < width - Margin; x++)
                {
                    if (MathF.Abs(differences[interval][x, y]) > 0.5f * LeastContrast / Intervals && IsExtreme(differences, x, y, interval) && Refined(differences, x, y, interval) is { } extremum)
                    {
                        yield return extremum;
                    }
                }
            }
        }
    }

    private static bool IsExtreme(Plane[] differences, int x, int y, int interval)
    {
        var value = differences[interval][x, y];
        for (var i = -1; i <= 1; i++)
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    var other = differences[interval + i][x + dx, y + dy];
                    if ((i, dy, dx) != (0, 0, 0) && (value > 0 ? other >= value : other <= value))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>The top of the parabola through an extreme's neighbours (section 4, equations 2 and 3), or nothing where it is faint, on an edge or nearer to another sample.</summary>
    private static Extremum? Refined(Plane[] d, int x, int y, int interval)
    {
        for (var moves = 0; moves < 5; moves++)
        {
            var (below, here, above) = (d[interval - 1], d[interval], d[interval + 1]);
            var value = here[x, y];
            var (gx, gy, gs) = ((here[x + 1, y] - here[x - 1, y]) / 2, (here[x, y + 1] - here[x, y - 1]) / 2, (above[x, y] - below[x, y]) / 2);
            var (xx, yy, ss) = (here[x + 1, y] + here[x - 1, y] - (2 * value), here[x, y + 1] + here[x, y - 1] - (2 * value), above[x, y] + below[x, y] - (2 * value));
            var xy = (here[x + 1, y + 1] - here[x - 1, y + 1] - here[x + 1, y - 1] + here[x - 1, y - 1]) / 4;
            var xs = (above[x + 1, y] - above[x - 1, y] - below[x + 1, y] + below[x - 1, y]) / 4;
            var ys = (above[x, y + 1] - above[x, y - 1] - below[x, y + 1] + below[x, y - 1]) / 4;
            var determinant = (xx * ((yy * ss) - (ys * ys))) - (xy * ((xy * ss) - (ys * xs))) + (xs * ((xy * ys) - (yy * xs)));
            if (determinant == 0)
            {
                return null;
            }

            // Cramer's rule for H·o = −g.
            var ox = -((gx * ((yy * ss) - (ys * ys))) - (xy * ((gy * ss) - (ys * gs))) + (xs * ((gy * ys) - (yy * gs)))) / determinant;
            var oy = -((xx * ((gy * ss) - (gs * ys))) - (gx * ((xy * ss) - (ys * xs))) + (xs * ((xy * gs) - (gy * xs)))) / determinant;
            var os = -((xx * ((yy * gs) - (ys * gy))) - (xy * ((xy * gs) - (gy * xs))) + (gx * ((xy * ys) - (yy * xs)))) / determinant;
            if (MathF.Abs(ox) <= 0.5f && MathF.Abs(oy) <= 0.5f && MathF.Abs(os) <= 0.5f)
            {
                var peak = value + (((gx * ox) + (gy * oy) + (gs * os)) / 2);
                var (trace, product) = (xx + yy, (xx * yy) - (xy * xy));
                return MathF.Abs(peak) < LeastContrast / Intervals || product <= 0 || trace * trace * MostEdge >= (MostEdge + 1) * (MostEdge + 1) * product
                    ? null : new(x, y, interval, ox, oy, os, MathF.Abs(peak));
            }

            (x, y, interval) = (x + Whole(ox), y + Whole(oy), interval + Whole(os));
            if (interval < 1 || interval > Intervals || x < Margin || y < Margin || x >= here.Width - Margin || y >= here.Height - Margin)
            {
                return null;
            }
        }

        return null;

        static int Whole(float offset) => Math.Clamp((int)MathF.Round(offset), -1, 1);
    }

    /// <summary>One keypoint for each direction that dominates (section 5).</summary>
    private static IEnumerable<Keypoint> Described(Plane[] blurs, Extremum at, float step)
    {
        var (plane, blur) = (blurs[at.Interval], Blur(at.Interval + at.DInterval));
        var directions = Histogram(plane, at, 1.5f * blur);
        var highest = directions.Max();
        for (var i = 0; i < Directions; i++)
        {
            var (before, here, after) = (directions[(i + Directions - 1) % Directions], directions[i], directions[(i + 1) % Directions]);
            if (here >= 0.8f * highest && here > before && here > after)
            {
                var angle = (i + (0.5f * (before - after) / (before - (2 * here) + after))) * MathF.Tau / Directions;
                yield return new((at.X + at.DX) * step, (at.Y + at.DY) * step, blur * step, at.Value, Descriptor(plane, at, blur, angle));
            }
        }
    }

    private static float[] Histogram(Plane plane, Extremum at, float deviation)
    {
        var (sums, reach) = (new float[Directions], (int)MathF.Round(3 * deviation));
        for (var y = Math.Max(1, at.Y - reach); y <= Math.Min(plane.Height - 2, at.Y + reach); y++)
        {
            for (var x = Math.Max(1, at.X - reach); x <= Math.Min(plane.Width - 2, at.X + reach); x++)
            {
                var (length, angle) = plane.Gradient(x, y);
                var (dx, dy) = (x - at.X, y - at.Y);
                var bin = (int)MathF.Round(angle / MathF.Tau * Directions) % Directions;
                sums[bin] += length * MathF.Exp(-((dx * dx) + (dy * dy)) / (2 * deviation * deviation));
            }
        }

        // Twice a mean of three neighbours: a peak of one bin is noise.
        for (var pass = 0; pass < 2; pass++)
        {
            sums = [.. sums.Select((sum, i) => (sums[(i + Directions - 1) % Directions] + sum + sums[(i + 1) % Directions]) / 3)];
        }

        return sums;
    }

    /// <summary>Gradients of 4 × 4 cells in 8 directions, turned with the keypoint, each shared among its nearest cells and directions; cut at 0.2 against glare (section 6.1).</summary>
    private static float[] Descriptor(Plane plane, Extremum at, float blur, float angle)
    {
        var (cell, (sin, cos)) = (3 * blur, MathF.SinCos(angle));
        var (values, reach) = (new float[Cells * Cells * CellDirections], (int)MathF.Round(cell * MathF.Sqrt(2) * (Cells + 1) / 2));
        for (var y = Math.Max(1, at.Y - reach); y <= Math.Min(plane.Height - 2, at.Y + reach); y++)
        {
            for (var x = Math.Max(1, at.X - reach); x <= Math.Min(plane.Width - 2, at.X + reach); x++)
            {
                var (dx, dy) = ((x - at.X - at.DX) / cell, (y - at.Y - at.DY) / cell);
                var (u, v) = ((cos * dx) + (sin * dy), (cos * dy) - (sin * dx));
                var (column, row) = (u + (Cells / 2f) - 0.5f, v + (Cells / 2f) - 0.5f);
                if (column <= -1 || column >= Cells || row <= -1 || row >= Cells)
                {
                    continue;
                }

                var (length, direction) = plane.Gradient(x, y);
                var turned = (direction - angle) / MathF.Tau * CellDirections;
                Share(values, column, row, turned, length * MathF.Exp(-((u * u) + (v * v)) / (Cells * Cells / 2f)));
            }
        }

        Normalise(values);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Min(values[i], 0.2f);
        }

        Normalise(values);
        return values;
    }

    private static void Share(float[] values, float column, float row, float direction, float weight)
    {
        var (c, r, d) = ((int)MathF.Floor(column), (int)MathF.Floor(row), (int)MathF.Floor(direction));
        for (var i = 0; i < 8; i++)
        {
            var (x, y, z) = (c + (i & 1), r + ((i >> 1) & 1), d + (i >> 2));
            if (x is >= 0 and < Cells && y is >= 0 and < Cells)
            {
                var bin = ((z % CellDirections) + CellDirections) % CellDirections;
                values[(((y * Cells) + x) * CellDirections) + bin] += weight * (1 - MathF.Abs(column - x)) * (1 - MathF.Abs(row - y)) * (1 - MathF.Abs(direction - z));
            }
        }
    }

    private static void Normalise(float[] values)
    {
        var length = TensorPrimitives.Norm(values);
        if (length > 0)
        {
            TensorPrimitives.Divide(values, length, values);
        }
    }

    /// <summary>Luma in 0..1 (ITU-R BT.601).</summary>
    private static Plane Grey(Image picture)
    {
        var plane = new Plane(picture.Width, picture.Height);
        for (var i = 0; i < plane.Values.Length; i++)
        {
            plane.Values[i] = ((0.299f * picture.Rgb[3 * i]) + (0.587f * picture.Rgb[(3 * i) + 1]) + (0.114f * picture.Rgb[(3 * i) + 2])) / 255;
        }

        return plane;
    }

    private static Plane Doubled(Plane plane)
    {
        var doubled = new Plane(2 * plane.Width, 2 * plane.Height);
        for (var y = 0; y < doubled.Height; y++)
        {
            for (var x = 0; x < doubled.Width; x++)
            {
                var (right, low) = (Math.Min((x + 1) / 2, plane.Width - 1), Math.Min((y + 1) / 2, plane.Height - 1));
                doubled[x, y] = (plane[x / 2, y / 2] + plane[right, y / 2] + plane[x / 2, low] + plane[right, low]) / 4;
            }
        }

        return doubled;
    }

    private static Plane Halved(Plane plane)
    {
        var halved = new Plane(plane.Width / 2, plane.Height / 2);
        for (var y = 0; y < halved.Height; y++)
        {
            for (var x = 0; x < halved.Width; x++)
            {
                halved[x, y] = plane[2 * x, 2 * y];
            }
        }

        return halved;
    }

    /// <summary>A Gaussian, along rows and then along columns, out to four deviations; edges go on.</summary>
    private static Plane Blurred(Plane plane, float deviation)
    {
        var reach = (int)MathF.Ceiling(4 * deviation);
        var weights = Enumerable.Range(-reach, (2 * reach) + 1).Select(i => MathF.Exp(-i * i / (2 * deviation * deviation))).ToArray();
        TensorPrimitives.Divide(weights, TensorPrimitives.Sum(weights), weights);
        var (across, result, padded) = (new Plane(plane.Width, plane.Height), new Plane(plane.Width, plane.Height), new float[plane.Width + (2 * reach)]);
        for (var y = 0; y < plane.Height; y++)
        {
            var row = plane.Row(y);
            padded.AsSpan(0, reach).Fill(row[0]);
            row.CopyTo(padded.AsSpan(reach));
            padded.AsSpan(reach + plane.Width).Fill(row[^1]);
            for (var k = 0; k < weights.Length; k++)
            {
                TensorPrimitives.MultiplyAdd(padded.AsSpan(k, plane.Width), weights[k], across.Row(y), across.Row(y));
            }
        }

        for (var y = 0; y < plane.Height; y++)
        {
            for (var k = 0; k < weights.Length; k++)
            {
                TensorPrimitives.MultiplyAdd(across.Row(Math.Clamp(y + k - reach, 0, plane.Height - 1)), weights[k], result.Row(y), result.Row(y));
            }
        }

        return result;
    }

    private sealed class Plane(int width, int height)
    {
        public int Width { get; } = width;

        public int Height { get; } = height;

        public float[] Values { get; } = new float[width * height];

        public float this[int x, int y]
        {
            get => Values[(y * Width) + x];
            set => Values[(y * Width) + x] = value;
        }

        public Span<float> Row(int y) => Values.AsSpan(y * Width, Width);

        public Plane Minus(Plane other)
        {
            var result = new Plane(Width, Height);
            TensorPrimitives.Subtract(Values, other.Values, result.Values);
            return result;
        }

        /// <summary>Its length, and its direction in 0..2π.</summary>
        public (float Length, float Angle) Gradient(int x, int y)
        {
            var (dx, dy) = (this[x + 1, y] - this[x - 1, y], this[x, y + 1] - this[x, y - 1]);
            var angle = MathF.Atan2(dy, dx);
            return (MathF.Sqrt((dx * dx) + (dy * dy)), angle < 0 ? angle + MathF.Tau : angle);
        }
    }
}
