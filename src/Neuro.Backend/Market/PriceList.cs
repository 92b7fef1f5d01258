using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Market;

/// <summary>The default prices of the founding paper: what is suggested where a supplier publishes none. Nobody has to take them.</summary>
internal static class PriceList
{
    /// <summary>Labelling units are labels; a dataset's licences are traded under this name and its id.</summary>
    public const string LicencePrefix = "licence:";
    private const string LabellingPrefix = "labelling:";

    public static readonly IReadOnlyList<ListPrice> Prices =
    [
        new("generator", 1, "generator", Ntk.Of(100_000)),
        new("render", 10_000, "images", Ntk.Of(174.22m)),
        new("train", 1, "training", Ntk.Of(87.11m)),
        new("labelling", 1000, "labels", Ntk.Of(871.09m)),
        new("dataset", 1, "dataset", Ntk.Of(10)),
        new("model", 1, "model", Ntk.Of(100)),
    ];

    /// <summary>What one of a service is suggested to cost, rounded up to a nano; null for a service that is not on the list.</summary>
    public static Ntk? Of(string service) => Prices.FirstOrDefault(price => price.Service == service) is { } price ? price.Price.Times(1m / price.Quantity) : null;

    /// <summary>What a lot of an asset is suggested to cost; null where the list has nothing like it.</summary>
    public static Ntk? OfAsset(string asset) =>
        asset.StartsWith(LicencePrefix, StringComparison.Ordinal) ? Of("dataset") : asset.StartsWith(LabellingPrefix, StringComparison.Ordinal) ? Of("labelling") : null;
}
