using System.Text.Json;
using Neuro.Client.Api;

namespace Neuro.Cli.Chains;

/// <summary>Where the chain of the platform on this machine is, and its contracts; kept in the data folder, beside a demo wallet where the chain is one's own.</summary>
/// <param name="Sale">Null where there is none.</param>
/// <param name="FromBlock">None of the vault's events is older.</param>
internal sealed record ChainFile(Uri Url, string Vault, string? Sale, long FromBlock)
{
    private static string At(string dataFolder) => Path.Combine(dataFolder, "chain", "chain.json");

    public static string Keystore(string dataFolder) => Path.Combine(dataFolder, "chain", "wallet.json");

    public static string Password(string dataFolder) => Path.Combine(dataFolder, "chain", "wallet.password");

    /// <summary>Null where there is none.</summary>
    /// <exception cref="NeuroException"><c>chain.file_broken</c></exception>
    public static ChainFile? Read(string dataFolder)
    {
        try
        {
            return File.Exists(At(dataFolder)) ? JsonSerializer.Deserialize<ChainFile>(File.ReadAllText(At(dataFolder)), NeuroJson.Options) : null;
        }
        catch (JsonException)
        {
            throw new NeuroException("chain.file_broken", $"{At(dataFolder)} is no description of a chain any more. Start the platform again with --chain, and with the vault that it had.");
        }
    }

    public void Write(string dataFolder) => DataFolder.WriteSecret(At(dataFolder), JsonSerializer.Serialize(this, NeuroJson.Options));
}
