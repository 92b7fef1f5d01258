namespace Neuro.Kernels.Formats;

/// <summary>The check sum of PNG chunks (ISO 3309, polynomial 0xEDB88320 reflected), eight bytes at a time.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The check sum of two runs of bytes, one after the other.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Continue(Continue(uint.MaxValue, first), second);

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        var (t0, t1, t2, t3) = (Tables[0], Tables[1], Tables[2], Tables[3]);
        var (t4, t5, t6, t7) = (Tables[4], Tables[5], Tables[6], Tables[7]);
        while (bytes.Length >= 8)
        {
            crc ^= (uint)(bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24);
            crc = t7[crc & 0xFF] ^ t6[(crc >> 8) & 0xFF] ^ t5[(crc >> 16) & 0xFF] ^ t4[crc >> 24]
                ^ t3[bytes[4]] ^ t2[bytes[5]] ^ t1[bytes[6]] ^ t0[bytes[7]];
            bytes = bytes[8..];
        }

        foreach (var one in bytes)
        {
            crc = t0[(crc ^ one) & 0xFF] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }

            tables[0][value] = crc;
        }

        for (var table = 1; table < 8; table++)
        {
            for (var value = 0; value < 256; value++)
            {
                var before = tables[table - 1][value];
                tables[table][value] = tables[0][before & 0xFF] ^ (before >> 8);
            }
        }

        return tables;
    }
}
