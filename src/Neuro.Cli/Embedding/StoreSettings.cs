using System.Globalization;
using Neuro.Backend;
using Neuro.Backend.Artifacts;
using Neuro.Client.Api;

namespace Neuro.Cli.Embedding;

/// <summary>What the environment says of where artifacts are kept, and for how long: the same for a platform and for what an operator does beside it.</summary>
internal static class StoreSettings
{
    public static PlatformOptions WithStore(this PlatformOptions options) => options.WithStore(Environment.GetEnvironmentVariable);

    /// <param name="variable">The value of a variable, or null.</param>
    /// <exception cref="NeuroException"><c>platform.bad_setting</c>, <c>artifact.bad_store</c></exception>
    internal static PlatformOptions WithStore(this PlatformOptions options, Func<string, string?> variable) => options with
    {
        S3 = S3Options.Read(variable),
        ArtifactQuotaBytes = Number(variable, "NEURO_QUOTA_GIB", 0, 1 << 20) is { } gibibytes ? gibibytes << 30 : options.ArtifactQuotaBytes,
        ReceiptTerm = Number(variable, "NEURO_RECEIPT_DAYS", 1, 36_500) is { } days ? TimeSpan.FromDays(days) : options.ReceiptTerm,
    };

    private static long? Number(Func<string, string?> variable, string name, long least, long most)
    {
        if (variable(name) is not { Length: > 0 } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new NeuroException("platform.bad_setting",
                $"{name} is '{(text.Length <= 40 ? text : text[..40] + "…")}'; expected a whole number from {least} to {most}.");
    }
}
