using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Org.BouncyCastle.Crypto.Generators;

namespace Neuro.Chain.Signing;

/// <summary>A private key under a password, in the file format of geth and most wallets (Web3 Secret Storage, version 3).</summary>
public static class Keystore
{
    private const int KeySize = 32;
    private const int CipherKeySize = 16;

    // What a file may ask of the machine: geth writes n = 2^18, r = 8, p = 1, which is 256 MiB.
    private const long MostMemory = 1L << 30;
    // RFC 7914 wants n < 2^(16 r), which with r = 1 some old files do not keep to.
    private const int MostPasses = 16;
    private const int MostIterations = 10_000_000;
    private const int LongestFile = 1 << 16;

    /// <summary>How much work a guess of the password costs.</summary>
    public enum Strength
    {
        /// <summary>scrypt with 256 MiB, as geth writes it: about a second.</summary>
        Standard,

        /// <summary>scrypt with 4 MiB, as geth writes it with <c>--lightkdf</c>.</summary>
        Light,

        /// <summary>PBKDF2 with 600,000 rounds of HMAC-SHA256 (OWASP's figure of 2023).</summary>
        Pbkdf2,
    }

    /// <summary>Reads the key.</summary>
    /// <exception cref="NeuroException"><c>keystore.malformed</c>, <c>keystore.wrong_password</c></exception>
    public static Hash32 Read(string json, string password)
    {
        try
        {
            using var document = json.Length <= LongestFile
                ? JsonDocument.Parse(json, new() { MaxDepth = 8 })
                : throw new FormatException($"it has over {LongestFile} characters");
            var root = document.RootElement;
            var version = root.GetProperty("version").GetInt32();
            return version == 3
                ? Open(root.GetProperty(root.TryGetProperty("crypto", out _) ? "crypto" : "Crypto"), password)
                : throw new FormatException($"version {version} is not known, 3 is");
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new NeuroException(
                "keystore.malformed", $"This is not a keystore of version 3: {wrong.Message.TrimEnd('.')}. Export the key from the wallet again.", wrong);
        }
    }

    /// <summary>Writes the key, with a salt of its own.</summary>
    /// <returns>JSON that <see cref="Read"/>, geth and wallets read.</returns>
    public static string Write(Hash32 key, string password, Strength strength = Strength.Standard)
    {
        var (salt, counter) = (RandomNumberGenerator.GetBytes(KeySize), RandomNumberGenerator.GetBytes(CipherKeySize));
        var kdf = strength switch
        {
            Strength.Pbkdf2 => new JsonObject { ["c"] = 600_000, ["prf"] = "hmac-sha256" },
            _ => new JsonObject { ["n"] = strength == Strength.Light ? 1 << 12 : 1 << 18, ["r"] = 8, ["p"] = strength == Strength.Light ? 6 : 1 },
        };
        kdf["dklen"] = KeySize;
        kdf["salt"] = Convert.ToHexStringLower(salt);
        var name = strength == Strength.Pbkdf2 ? "pbkdf2" : "scrypt";
        var derived = Derive(name, JsonSerializer.SerializeToElement(kdf), password);
        var cipher = Crypt(key.ToBytes(), derived.AsSpan(0, CipherKeySize), counter);
        return new JsonObject
        {
            ["version"] = 3,
            ["id"] = Guid.NewGuid().ToString(),
            ["address"] = Secp256k1.AddressOf(key).ToLowerString()[2..],
            ["crypto"] = new JsonObject
            {
                ["cipher"] = "aes-128-ctr",
                ["cipherparams"] = new JsonObject { ["iv"] = Convert.ToHexStringLower(counter) },
                ["ciphertext"] = Convert.ToHexStringLower(cipher),
                ["kdf"] = name,
                ["kdfparams"] = kdf,
                ["mac"] = Convert.ToHexStringLower(Mac(derived, cipher)),
            },
        }.ToJsonString();
    }

    private static Hash32 Open(JsonElement crypto, string password)
    {
        var cipherName = crypto.GetProperty("cipher").GetString();
        if (cipherName != "aes-128-ctr")
        {
            throw new FormatException($"the cipher '{Hex.Short(cipherName ?? "")}' is not known, aes-128-ctr is");
        }

        var (cipher, mac) = (Bytes(crypto, "ciphertext", KeySize), Bytes(crypto, "mac", KeySize));
        var counter = Bytes(crypto.GetProperty("cipherparams"), "iv", CipherKeySize);
        var derived = Derive(crypto.GetProperty("kdf").GetString() ?? "", crypto.GetProperty("kdfparams"), password);
        return CryptographicOperations.FixedTimeEquals(Mac(derived, cipher), mac)
            ? new(Crypt(cipher, derived.AsSpan(0, CipherKeySize), counter))
            : throw new NeuroException("keystore.wrong_password", "The password is wrong, or the keystore was changed. Try the password again.");
    }

    private static byte[] Derive(string kdf, JsonElement parameters, string password)
    {
        var secret = Encoding.UTF8.GetBytes(password);
        var salt = Convert.FromHexString(parameters.GetProperty("salt").GetString() ?? "");
        if (Number(parameters, "dklen") != KeySize)
        {
            throw new FormatException($"dklen is {Number(parameters, "dklen")}; {KeySize} is known");
        }

        switch (kdf)
        {
            case "scrypt":
                var (n, r, p) = (Number(parameters, "n"), Number(parameters, "r"), Number(parameters, "p"));
                return n > 1 && (n & (n - 1)) == 0 && r >= 1 && p is >= 1 and <= MostPasses && 128L * n * r <= MostMemory && (r > 1 || n < 1 << 16)
                    ? SCrypt.Generate(secret, salt, n, r, p, KeySize)
                    : throw new FormatException($"scrypt with n = {n}, r = {r}, p = {p} takes more than is allowed here, or is none");
            case "pbkdf2":
                var rounds = Number(parameters, "c");
                var prf = parameters.GetProperty("prf").GetString();
                return prf == "hmac-sha256" && rounds is >= 1 and <= MostIterations
                    ? Rfc2898DeriveBytes.Pbkdf2(secret, salt, rounds, HashAlgorithmName.SHA256, KeySize)
                    : throw new FormatException($"pbkdf2 with {rounds} rounds of '{Hex.Short(prf ?? "")}' is not known, hmac-sha256 is, at most {MostIterations} times");
            default:
                throw new FormatException($"the key derivation '{Hex.Short(kdf)}' is not known, scrypt and pbkdf2 are");
        }
    }

    private static byte[] Mac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> cipher) => Keccak.Of([.. derived[CipherKeySize..], .. cipher]).ToBytes();

    // Counter mode: the counter, one higher for each block, is encrypted and added. The same undoes it.
    private static byte[] Crypt(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, byte[] counter)
    {
        using var aes = Aes.Create();
        aes.Key = key.ToArray();
        var (block, result) = (counter.ToArray(), text.ToArray());
        for (var at = 0; at < result.Length; at += block.Length)
        {
            var stream = aes.EncryptEcb(block, PaddingMode.None);
            for (var i = 0; i < block.Length && at + i < result.Length; i++)
            {
                result[at + i] ^= stream[i];
            }

            for (var i = block.Length - 1; i >= 0 && unchecked(++block[i]) == 0; i--)
            {
            }
        }

        return result;
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static byte[] Bytes(JsonElement json, string name, int size) =>
        Convert.FromHexString(json.GetProperty(name).GetString() ?? "") is var bytes && bytes.Length == size
            ? bytes
            : throw new FormatException($"{name} has {bytes.Length} bytes; {size} are expected");
}
