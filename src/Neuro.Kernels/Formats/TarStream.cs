using System.Formats.Tar;
using System.Text;

namespace Neuro.Kernels.Formats;

/// <summary>Reads the plain tar files that we write, from a seekable stream.</summary>
/// <remarks>
/// ustar headers only (POSIX.1-1988): the general reader follows extended headers, whose claimed sizes it allocates before it has seen the bytes; here nothing is allocated that the caller has not bounded.
/// </remarks>
public sealed class TarStream(Stream stream, long start = 0)
{
    private const int Block = 512;
    private readonly byte[] header = new byte[Block];
    private long next = start;

    /// <summary>One header.</summary>
    /// <param name="Name">As it stands there, unchecked.</param>
    /// <param name="Type">What it says it is.</param>
    /// <param name="Offset">Where its content begins.</param>
    /// <param name="Length">Bytes of its content, unchecked.</param>
    public readonly record struct Entry(string Name, TarEntryType Type, long Offset, long Length);

    /// <summary>The next header, or none at the end of the archive or of the stream.</summary>
    /// <exception cref="EndOfStreamException">The stream ends within a header or before it.</exception>
    /// <exception cref="InvalidDataException">Not a header.</exception>
    public Entry? Next()
    {
        if (next > stream.Length)
        {
            throw new EndOfStreamException();
        }

        stream.Position = next;
        if (next == stream.Length)
        {
            return null;
        }

        stream.ReadExactly(header);
        if (!header.AsSpan().ContainsAnyExcept((byte)0))
        {
            return null;
        }

        if (Octal(148, 8) != CheckSum())
        {
            throw new InvalidDataException("a header's check sum is wrong");
        }

        var prefix = Text(345, 155);
        var entry = new Entry(prefix.Length > 0 ? $"{prefix}/{Text(0, 100)}" : Text(0, 100), (TarEntryType)header[156], next + Block, Octal(124, 12));
        next += Block + ((entry.Length + Block - 1) / Block * Block);
        return entry;
    }

    /// <summary>The content of the entry that <see cref="Next"/> just gave; the caller has bounded its length.</summary>
    /// <exception cref="EndOfStreamException">The stream ends first.</exception>
    public byte[] Read(Entry entry)
    {
        if (entry.Length > stream.Length - stream.Position)
        {
            throw new EndOfStreamException();
        }

        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private long CheckSum()
    {
        // Counted as if the field of the sum itself held blanks.
        long sum = 8 * ' ';
        for (var at = 0; at < Block; at++)
        {
            sum += at is >= 148 and < 156 ? 0 : header[at];
        }

        return sum;
    }

    private long Octal(int from, int length)
    {
        long value = 0;
        foreach (var digit in Text(from, length).Trim(' '))
        {
            value = digit is >= '0' and <= '7' ? (value * 8) + (digit - '0') : throw new InvalidDataException("a header holds a number that is not octal");
        }

        return value;
    }

    private string Text(int from, int length)
    {
        var field = header.AsSpan(from, length);
        var end = field.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? field : field[..end]);
    }
}
