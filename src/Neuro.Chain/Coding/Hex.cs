using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Neuro.Chain.Coding;

/// <summary>Bytes and numbers as JSON-RPC writes them: <c>0x</c> and hex digits.</summary>
public static class Hex
{
    public static string Of(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>A quantity: no leading zeros, <c>0x0</c> for none.</summary>
    public static string Of(BigInteger number) => number.Sign >= 0
        ? number.IsZero ? "0x0" : "0x" + number.ToString("x", CultureInfo.InvariantCulture).TrimStart('0')
        : throw new OverflowException($"{number} is negative; a quantity is not.");

    /// <exception cref="FormatException">No <c>0x</c>, an odd number of digits, or not hex.</exception>
    public static byte[] Bytes(string text) => TryBytes(text, out var bytes)
        ? bytes
        : throw new FormatException($"'{Short(text)}' is not hex; expected 0x and an even number of digits.");

    public static bool TryBytes(string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length % 2 != 0 || !text.StartsWith("0x", StringComparison.Ordinal) || text.AsSpan(2).ContainsAnyExcept(Digits))
        {
            return false;
        }

        bytes = Convert.FromHexString(text.AsSpan(2));
        return true;
    }

    /// <summary>A quantity: <c>0x</c> and 1 to 64 digits; leading zeros are forgiven, since not every node leaves them out.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static BigInteger Number(string text) =>
        text.Length is > 2 and <= 66 && text.StartsWith("0x", StringComparison.Ordinal) && !text.AsSpan(2).ContainsAnyExcept(Digits)
            ? BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : throw new FormatException($"'{Short(text)}' is not a quantity; expected 0x and at most 64 hex digits.");

    /// <summary>The text, or its beginning: for errors, which must not repeat megabytes of what a stranger sent.</summary>
    internal static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
