using Neuro.Kernels.Formats;

namespace Neuro.Learning.Imaging;

/// <summary>Cuts a square out of a picture and brings it to another size. Beyond the edges the edge pixels go on.</summary>
internal static class Resampler
{
    /// <summary>RGB bytes <c>[size, size, 3]</c> of a square region, which may reach beyond the picture.</summary>
    /// <remarks>A triangle filter as wide as the step between output pixels: bilinear when enlarging, an area mean without aliasing when shrinking.</remarks>
    public static byte[] Square(Image image, Square region, int size)
    {
        var columns = Tap.Line(region.Left, region.Side, image.Width, size);
        var rows = Tap.Line(region.Top, region.Side, image.Height, size);
        var first = rows.Min(tap => tap.First);
        var last = rows.Max(tap => tap.First + tap.Weights.Length);
        var narrowed = new float[(last - first) * size * 3];
        for (var y = first; y < last; y++)
        {
            Narrow(image.Rgb.AsSpan(y * image.Width * 3, image.Width * 3), columns, narrowed.AsSpan((y - first) * size * 3, size * 3));
        }

        var result = new byte[size * size * 3];
        var line = new float[size * 3];
        for (var y = 0; y < size; y++)
        {
            Array.Clear(line);
            for (var k = 0; k < rows[y].Weights.Length; k++)
            {
                var weight = rows[y].Weights[k];
                var source = narrowed.AsSpan((rows[y].First - first + k) * size * 3, size * 3);
                for (var i = 0; i < line.Length; i++)
                {
                    line[i] += weight * source[i];
                }
            }

            for (var i = 0; i < line.Length; i++)
            {
                result[y * line.Length + i] = (byte)Math.Clamp(line[i] + 0.5f, 0, 255);
            }
        }

        return result;
    }

    private static void Narrow(ReadOnlySpan<byte> row, Tap[] columns, Span<float> output)
    {
        for (var x = 0; x < columns.Length; x++)
        {
            float r = 0, g = 0, b = 0;
            var at = columns[x].First * 3;
            foreach (var weight in columns[x].Weights)
            {
                r += weight * row[at];
                g += weight * row[at + 1];
                b += weight * row[at + 2];
                at += 3;
            }

            (output[3 * x], output[3 * x + 1], output[3 * x + 2]) = (r, g, b);
        }
    }

    /// <summary>Which source pixels make one output pixel along one axis, and their weights, which sum to 1.</summary>
    private sealed record Tap(int First, float[] Weights)
    {
        public static Tap[] Line(double start, double length, int source, int size)
        {
            var step = length / size;
            var reach = Math.Max(1, step);
            return [.. Enumerable.Range(0, size).Select(i => At(start + (i + 0.5) * step - 0.5, reach, source))];
        }

        private static Tap At(double centre, double reach, int source)
        {
            var (low, high) = ((int)Math.Ceiling(centre - reach), (int)Math.Floor(centre + reach));
            var (first, last) = (Math.Clamp(low, 0, source - 1), Math.Clamp(high, 0, source - 1));
            var weights = new float[last - first + 1];
            double sum = 0;
            for (var i = low; i <= high; i++)
            {
                var weight = Math.Max(0, 1 - Math.Abs(i - centre) / reach);
                weights[Math.Clamp(i, first, last) - first] += (float)weight;
                sum += weight;
            }

            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] /= (float)sum;
            }

            return new(first, weights);
        }
    }
}
