using System.Buffers.Binary;
using System.Text;

namespace Neuro.Learning.Runtime;

/// <summary>Marks a needed symbol version of a shared library as weak, so that the dynamic linker warns where it would refuse.</summary>
/// <remarks>ELF-64, little endian; System V gABI chapter 4 (sections) and LSB core 10.7.2 (Elfxx_Verneed, Elfxx_Vernaux, VER_FLG_WEAK = 2).</remarks>
internal static class ElfVersionPatch
{
    private const uint SectionVersionNeeded = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Sets the flag in place for every entry named <paramref name="version"/>; false when the library has none or is not such an ELF file.</summary>
    public static bool MakeOptional(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf.StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return false;
        }

        var (table, size, count) = ((long)U64(elf, 40), U16(elf, 58), U16(elf, 60));
        for (var i = 0; i < count; i++)
        {
            var header = Slice(elf, table + i * (long)size, 64);
            if (header.Length == 64 && U32(header, 4) == SectionVersionNeeded)
            {
                var strings = Slice(elf, table + U32(header, 40) * (long)size, 64);
                return strings.Length == 64
                    && Mark(Slice(elf, (long)U64(header, 24), (long)U64(header, 32)), Slice(elf, (long)U64(strings, 24), (long)U64(strings, 32)), Encoding.ASCII.GetBytes(version));
            }
        }

        return false;
    }

    private static bool Mark(Span<byte> needed, ReadOnlySpan<byte> strings, ReadOnlySpan<byte> version)
    {
        var found = false;
        for (long file = 0, nextFile = 1; nextFile != 0 && file + 16 <= needed.Length; file += nextFile)
        {
            nextFile = U32(needed, file + 12);
            for (long entry = file + U32(needed, file + 8), nextEntry = 1; nextEntry != 0 && entry + 16 <= needed.Length; entry += nextEntry)
            {
                nextEntry = U32(needed, entry + 12);
                if (NameAt(strings, U32(needed, entry + 8)).SequenceEqual(version))
                {
                    var flags = needed.Slice((int)entry + 4, 2);
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
                    found = true;
                }
            }
        }

        return found;
    }

    private static ReadOnlySpan<byte> NameAt(ReadOnlySpan<byte> strings, uint offset)
    {
        var name = offset < strings.Length ? strings[(int)offset..] : default;
        return name.IndexOf((byte)0) is >= 0 and var end ? name[..end] : default;
    }

    private static Span<byte> Slice(Span<byte> bytes, long offset, long length) =>
        offset >= 0 && length >= 0 && offset <= bytes.Length - length ? bytes.Slice((int)offset, (int)length) : default;

    private static ushort U16(ReadOnlySpan<byte> bytes, long at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(int)at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, long at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, long at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[(int)at..]);
}
