using System.Text.Json;
using Neuro.Client.Api;

namespace Neuro.Cli.Receipts;

/// <summary>The keys of the platforms that this user has connected to, as ssh remembers hosts: what is known from a connection is worth more than what a file says of itself.</summary>
/// <param name="folder">The data folder.</param>
internal sealed class KnownPlatforms(string folder)
{
    private const string FileName = "known-platforms.json";

    private string FilePath => Path.Combine(folder, FileName);

    /// <param name="Since">When it was first seen.</param>
    internal sealed record Entry(Uri Platform, string PublicKey, DateTimeOffset Since);

    public IReadOnlyList<Entry> All
    {
        get
        {
            try
            {
                return File.Exists(FilePath) ? JsonSerializer.Deserialize<IReadOnlyList<Entry>>(File.ReadAllText(FilePath), NeuroJson.Options) ?? [] : [];
            }
            catch (JsonException)
            {
                throw new NeuroException("receipt.known_platforms_broken", $"{FilePath} is not readable any more. Delete it; keys are remembered anew when you connect.");
            }
        }
    }

    /// <summary>Remembers what a platform said of itself.</summary>
    /// <exception cref="NeuroException"><c>receipt.key_changed</c>: it said something else before. On this machine ports change hands, so there every key is remembered.</exception>
    public void Remember(Uri platform, string publicKey, DateTimeOffset now)
    {
        var known = All;
        if (known.Any(entry => entry.Platform == platform && entry.PublicKey == publicKey))
        {
            return;
        }

        if (!platform.IsLoopback && known.FirstOrDefault(entry => entry.Platform == platform) is { } before)
        {
            throw new NeuroException("receipt.key_changed",
                $"{platform} signs by the key {publicKey}; since {before.Since:yyyy-MM-dd} it was known by {before.PublicKey}. Ask its operator; "
                + $"if the new key is right, take the old one out of {FilePath}.");
        }

        DataFolder.WriteSecret(FilePath, JsonSerializer.Serialize(known.Append(new(platform, publicKey, now)), NeuroJson.Options));
    }
}
