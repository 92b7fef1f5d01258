using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Neuro.Chain.Liabilities;

/// <summary>Checks that a balance is in the total that the platform admits to owe. It needs nothing but this file:</summary>
/// <remarks>
/// <c>dotnet run LiabilityProof.cs proof.json [root]</c>, where the root is that of the vault's event RootPublished for the proof's epoch, read on any block explorer.
/// A proof is <c>{epoch, root, sum, owner, amount, salt, path: [{hash, sum, left}]}</c>; hashes are hex, amounts decimal base units (1e-18 NTK).
/// </remarks>
public static class LiabilityProof
{
    private static readonly BigInteger Limit = BigInteger.One << 256;

    public static int Main(string[] args)
    {
        var (isRight, reason) = args.Length is 1 or 2 ? Verify(File.ReadAllText(args[0]), args.ElementAtOrDefault(1)) : (false, "Usage: proof.json [root]");
        Console.WriteLine($"{(isRight ? "yes" : "no")}: {reason}");
        return isRight ? 0 : 1;
    }

    /// <summary>Yes or no, and why. Without <paramref name="publishedRoot"/> the proof is only shown to lead to the root that it names itself.</summary>
    public static (bool IsRight, string Reason) Verify(string json, string? publishedRoot = null)
    {
        try
        {
            using var proof = JsonDocument.Parse(json, new() { MaxDepth = 8 });
            var root = proof.RootElement;
            var sum = Amount(root, "amount");
            var hash = Keccak256([0, .. Bytes(root, "owner", 20), .. Word(sum), .. Bytes(root, "salt", 32)]);
            var path = root.GetProperty("path");
            foreach (var step in path.GetArrayLength() <= 64 ? path.EnumerateArray() : throw new FormatException("the path has more than 64 steps."))
            {
                var (otherHash, otherSum) = (Bytes(step, "hash", 32), Amount(step, "sum"));
                hash = step.GetProperty("left").GetBoolean()
                    ? Keccak256([1, .. otherHash, .. Word(otherSum), .. hash, .. Word(sum)])
                    : Keccak256([1, .. hash, .. Word(sum), .. otherHash, .. Word(otherSum)]);
                sum += otherSum;
            }

            var found = "0x" + Convert.ToHexStringLower(hash);
            var (wanted, total) = ((publishedRoot ?? root.GetProperty("root").GetString() ?? "").ToLowerInvariant(), Amount(root, "sum"));
            return found != wanted ? (false, $"The leaf and its path lead to root {found}, not {wanted}.")
                : sum != total || sum >= Limit ? (false, $"The sums on the path add up to {sum}, not {total}.")
                : (true, $"{Amount(root, "amount")} base units of {root.GetProperty("owner")} are in the {total} of epoch {root.GetProperty("epoch")}, root {found}.");
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            return (false, $"The proof is malformed: {wrong.Message}");
        }
    }

    private static BigInteger Amount(JsonElement json, string name) =>
        json.GetProperty(name).GetString() is { Length: <= 78 } text && BigInteger.Parse(text, NumberStyles.None) is var amount && amount < Limit
            ? amount : throw new FormatException($"{name} is not an amount.");

    private static byte[] Bytes(JsonElement json, string name, int size) =>
        json.GetProperty(name).GetString() is { } text && text.StartsWith("0x", StringComparison.Ordinal) && text.Length == 2 + (2 * size)
            ? Convert.FromHexString(text.AsSpan(2)) : throw new FormatException($"{name} is not {size} bytes of hex.");

    private static byte[] Word(BigInteger number) => [.. new byte[32 - number.GetByteCount(true)], .. number.ToByteArray(isUnsigned: true, isBigEndian: true)];

    // The Keccak reference, Bertoni et al., version 3.0: rate 1088, and the padding from before SHA-3.
    private static byte[] Keccak256(byte[] message)
    {
        byte[] padded = [.. message, 1, .. new byte[135 - (message.Length % 136)]];
        padded[^1] |= 0x80;
        var lanes = new ulong[25];
        for (var at = 0; at < padded.Length; at += 136)
        {
            for (var i = 0; i < 17; i++) { lanes[i] ^= BitConverter.ToUInt64(padded, at + (8 * i)); }
            Permute(lanes);
        }

        return [.. lanes.Take(4).SelectMany(BitConverter.GetBytes)];
    }

    private static void Permute(ulong[] a)
    {
        var (c, shift) = (new ulong[5], 1);
        for (var round = 0; round < 24; round++)
        {
            for (var x = 0; x < 5; x++) { c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]; }
            for (var i = 0; i < 25; i++) { a[i] ^= c[(i + 4) % 5] ^ BitOperations.RotateLeft(c[(i + 1) % 5], 1); }
            for (var (t, x, y, lane) = (1, 1, 0, a[1]); t < 25; t++)
            {
                (x, y) = (y, ((2 * x) + (3 * y)) % 5);
                (lane, a[x + (5 * y)]) = (a[x + (5 * y)], BitOperations.RotateLeft(lane, t * (t + 1) / 2 % 64));
            }
            for (var y = 0; y < 25; y += 5)
            {
                Array.Copy(a, y, c, 0, 5);
                for (var x = 0; x < 5; x++) { a[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]); }
            }
            for (var j = 0; j < 7; j++, shift = (shift << 1) ^ ((shift >> 7) * 0x171)) { a[0] ^= (ulong)(shift & 1) << ((1 << j) - 1); }
        }
    }
}
