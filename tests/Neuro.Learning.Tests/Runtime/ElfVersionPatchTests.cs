using System.Buffers.Binary;
using System.Text;
using Neuro.Learning.Runtime;

namespace Neuro.Learning.Tests.Runtime;

public sealed class ElfVersionPatchTests
{
    private const int Needed = 256;
    private const int Strings = 320;

    [Fact]
    public void MakeOptional_NamedVersion_ChangesOnlyItsFlags()
    {
        var elf = Library();
        var before = elf.ToArray();

        ElfVersionPatch.MakeOptional(elf, "NEW_2").ShouldBeTrue();

        var flags = Needed + 16 + 16 + 4;
        elf[flags].ShouldBe((byte)2);
        Enumerable.Range(0, elf.Length).Where(i => elf[i] != before[i]).ShouldBe([flags]);
    }

    [Fact]
    public void MakeOptional_VersionNotNeeded_ChangesNothing()
    {
        var elf = Library();
        var before = elf.ToArray();

        ElfVersionPatch.MakeOptional(elf, "NEW_3").ShouldBeFalse();

        elf.ShouldBe(before);
    }

    [Fact]
    public void MakeOptional_AnyPrefixOfALibrary_NeverThrows()
    {
        var elf = Library();
        for (var length = 0; length < elf.Length; length++)
        {
            ElfVersionPatch.MakeOptional(elf.AsSpan(0, length).ToArray(), "NEW_2");
        }
    }

    /// <summary>An ELF-64 with two sections: a table of one needed file with the versions OLD_1 and NEW_2, and its strings.</summary>
    private static byte[] Library()
    {
        var elf = new byte[352];
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(elf);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(40), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(60), 2);
        Section(elf.AsSpan(64), 0x6ffffffe, Needed, 48, link: 1);
        Section(elf.AsSpan(128), 3, Strings, 13, link: 0);
        Words(elf.AsSpan(Needed), 1 | 2 << 16, 0, 16, 0);
        Words(elf.AsSpan(Needed + 16), 0, 0, 1, 16);
        Words(elf.AsSpan(Needed + 32), 0, 0, 7, 0);
        Encoding.ASCII.GetBytes("\0OLD_1\0NEW_2\0").CopyTo(elf.AsSpan(Strings));
        return elf;
    }

    private static void Section(Span<byte> header, uint type, ulong offset, ulong size, uint link)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], size);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], link);
    }

    private static void Words(Span<byte> target, params uint[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target[(4 * i)..], words[i]);
        }
    }
}
