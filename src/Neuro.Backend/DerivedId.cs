using System.Security.Cryptography;
using System.Text;

namespace Neuro.Backend;

/// <summary>Ids that follow from what they are for (RFC 9562, version 8, SHA-256): doing something again after a crash makes the same id and so does it once.</summary>
internal static class DerivedId
{
    public static Guid Of(string purpose, Guid parent, int number = 0) => Of($"{purpose}/{parent:N}/{number}");

    public static Guid Of(string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes("neuro/" + name), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
