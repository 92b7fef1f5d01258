using System.Text;

namespace Neuro.Kernels.Labels;

/// <summary>A binary mask as run lengths, column by column: zeros, ones, zeros, … (COCO's uncompressed RLE).</summary>
/// <remarks>Format and compressed string: COCO API, maskApi.c (rleEncode, rleToString), written anew from its description.</remarks>
public sealed class RunLength : IEquatable<RunLength>
{
    private readonly int[] counts;

    private RunLength(int width, int height, int[] counts)
    {
        Width = width;
        Height = height;
        this.counts = counts;
    }

    /// <summary>Width of the whole mask in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the whole mask in pixels.</summary>
    public int Height { get; }

    /// <summary>Lengths of the runs, beginning with zeros; only the first may be 0.</summary>
    public IReadOnlyList<int> Counts => counts;

    /// <summary>Pixels in the mask.</summary>
    public int Area
    {
        get
        {
            var area = 0;
            for (var run = 1; run < counts.Length; run += 2)
            {
                area += counts[run];
            }

            return area;
        }
    }

    /// <summary>The tight box of the mask; all zeros when it is empty.</summary>
    public BoundingBox Box
    {
        get
        {
            var (left, top, right, bottom) = (Width, Height, -1, -1);
            var end = counts.Length > 0 ? counts[0] : 0;
            for (var run = 1; run < counts.Length; run += 2)
            {
                var (first, last) = (end, end + counts[run] - 1);
                left = Math.Min(left, first / Height);
                right = last / Height;
                var oneColumn = first / Height == last / Height;
                top = Math.Min(top, oneColumn ? first % Height : 0);
                bottom = Math.Max(bottom, oneColumn ? last % Height : Height - 1);
                end += counts[run] + (run + 1 < counts.Length ? counts[run + 1] : 0);
            }

            return right < 0 ? default : new BoundingBox(left, top, right - left + 1, bottom - top + 1);
        }
    }

    /// <summary>Takes counts as they are.</summary>
    /// <exception cref="ArgumentException">A negative run, an empty one after the first, or runs that do not fill the mask.</exception>
    public static RunLength FromCounts(int width, int height, params int[] counts)
    {
        var sum = 0L;
        for (var run = 0; run < counts.Length; run++)
        {
            if (counts[run] < 0 || (counts[run] == 0 && run > 0))
            {
                throw new ArgumentException($"Run {run} of the mask is {counts[run]} pixels long; only the first may be empty.");
            }

            sum += counts[run];
        }

        return width > 0 && height > 0 && sum == (long)width * height
            ? new RunLength(width, height, counts)
            : throw new ArgumentException($"The runs of the mask add up to {sum} pixels; {width} × {height} are {(long)width * height}.");
    }

    /// <summary>Encodes a row-major mask.</summary>
    public static RunLength Encode(int width, int height, ReadOnlySpan<bool> mask)
    {
        var counts = new List<int>();
        var (value, length) = (false, 0);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                if (mask[y * width + x] != value)
                {
                    counts.Add(length);
                    (value, length) = (!value, 0);
                }

                length++;
            }
        }

        counts.Add(length);
        return FromCounts(width, height, [.. counts]);
    }

    /// <summary>The mask, row-major, <c>Width · Height</c> values.</summary>
    public bool[] Decode()
    {
        var mask = new bool[Width * Height];
        var at = 0;
        for (var run = 0; run < counts.Length; run++)
        {
            for (var end = at + counts[run]; at < end; at++)
            {
                mask[at % Height * Width + at / Height] = (run & 1) == 1;
            }
        }

        return mask;
    }

    /// <summary>COCO's compressed string: each count less the one before the last, in groups of five bits, printable.</summary>
    public string ToCompressed()
    {
        var text = new StringBuilder(3 * counts.Length);
        for (var run = 0; run < counts.Length; run++)
        {
            var rest = run > 2 ? counts[run] - counts[run - 2] : counts[run];
            bool more;
            do
            {
                var group = rest & 0x1F;
                rest >>= 5;
                more = (group & 0x10) != 0 ? rest != -1 : rest != 0;
                text.Append((char)((more ? group | 0x20 : group) + '0'));
            }
            while (more);
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToCompressed"/> wrote.</summary>
    /// <exception cref="ArgumentException">Another character, a number cut short, or counts that do not fit the mask.</exception>
    public static RunLength FromCompressed(int width, int height, string text)
    {
        var counts = new List<int>();
        for (var at = 0; at < text.Length;)
        {
            long value = 0;
            var shift = 0;
            bool more;
            do
            {
                if (at == text.Length || text[at] is < '0' or > 'o' || shift > 30)
                {
                    throw new ArgumentException($"The compressed mask is damaged at character {at} of {text.Length}.");
                }

                var group = text[at++] - '0';
                value |= (long)(group & 0x1F) << shift;
                shift += 5;
                more = (group & 0x20) != 0;
                value |= !more && (group & 0x10) != 0 ? -1L << shift : 0;
            }
            while (more);

            value += counts.Count > 2 ? counts[^2] : 0;
            counts.Add(value is >= 0 and <= int.MaxValue ? (int)value : throw new ArgumentException($"Run {counts.Count} of the compressed mask is {value} pixels long."));
        }

        return FromCounts(width, height, [.. counts]);
    }

    /// <inheritdoc/>
    public bool Equals(RunLength? other) => other is not null && Width == other.Width && Height == other.Height && counts.AsSpan().SequenceEqual(other.counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RunLength);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Width, Height, counts.Length, Area);
}
