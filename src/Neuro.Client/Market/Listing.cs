using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>Something that a supplier sells: a generator, a dataset, a model, or work to order.</summary>
/// <param name="Kind"><c>generator</c>, <c>dataset</c>, <c>model</c>, <c>labelling</c>, <c>custom-generator</c> or <c>custom-model</c>; the last three are services.</param>
/// <param name="Name">Unique among its supplier's listings.</param>
/// <param name="Version">Rises with its content; a purchase is of one version.</param>
/// <param name="Supplier">The account that is paid.</param>
/// <param name="Description">Plain text or Markdown.</param>
/// <param name="Licence">What the buyer may do with it: the name or the text of a licence.</param>
/// <param name="State"><c>listed</c> or <c>delisted</c>.</param>
/// <param name="Price">The posted price of a licence, fee included; null when there is none.</param>
/// <param name="Left">Licences left at that price; null for any number.</param>
/// <param name="Quotes">Whether buyers may ask for a quote.</param>
/// <param name="FeeBasisPoints">The platform's part of what the buyer pays, in basis points.</param>
/// <param name="Card">What the platform measured of it; null for a service.</param>
/// <param name="HasPreview">Whether there is a picture at <c>/v1/listings/{id}/preview</c>.</param>
/// <param name="Asset">What is sold: a generator's name, the id of a dataset or a model. Shown to its supplier and to who has a licence.</param>
[TypeFormatterSource("MarketFormatters")]
public sealed record Listing(
    Guid Id, string Kind, string Name, int Version, string Supplier, string Title, string Description, string Licence, string State,
    Ntk? Price, long? Left, bool Quotes, int FeeBasisPoints, AssetCard? Card, bool HasPreview, string? Asset, DateTimeOffset PublishedAt);

/// <summary>What the platform itself measured of what is sold; what does not apply is null.</summary>
public sealed record AssetCard
{
    /// <summary>Of a dataset.</summary>
    public int? Images { get; init; }

    /// <summary>Labelled products of a dataset, in all its images.</summary>
    public long? Objects { get; init; }

    /// <summary>How many classes a dataset has or a model tells apart, or products a generator shows.</summary>
    public int? Classes { get; init; }

    /// <summary>Their names, by class id; only on the card of one listing, not in lists.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Pixels across.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels down.</summary>
    public int? Height { get; init; }

    /// <summary>The labels that come with each image.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Size of what can be downloaded.</summary>
    public long? Bytes { get; init; }

    /// <summary>Of a model, on the held-out part of its dataset, as the platform measured it before it was paid.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Weights of a model.</summary>
    public long? Parameters { get; init; }
}

/// <summary>What a supplier puts on offer under an id and a name. Other content is the next version; the same changes nothing.</summary>
/// <param name="Kind">As in <see cref="Listing"/>; stays.</param>
/// <param name="Name">3 to 40 small letters, digits and hyphens; unique among your listings; stays.</param>
/// <param name="Title">1 to 100 characters.</param>
/// <param name="Description">At most 8000 characters, plain text or Markdown.</param>
/// <param name="Licence">1 to 8000 characters.</param>
/// <param name="Asset">Your generator's name, or the id of your dataset or model; null for a service.</param>
/// <param name="Price">What a licence costs; null to sell by quotes alone, as services are.</param>
/// <param name="Stock">How many licences are sold at that price in all, from the first day on; null for any number.</param>
/// <param name="Quotes">Whether buyers may ask for a quote.</param>
public sealed record ListingPublication(string Kind, string Name, string Title, string Description, string Licence, string? Asset = null, Ntk? Price = null, long? Stock = null, bool Quotes = false);

/// <summary>Buys a licence at the posted price.</summary>
/// <param name="Id">Made by the buyer: sent twice, it buys once.</param>
/// <param name="Version">The version seen.</param>
/// <param name="Price">The price seen; another one is refused and named.</param>
public sealed record LicencePurchase(Guid Id, int Version, Ntk Price);

/// <summary>A licence that you bought: of one version, for good.</summary>
/// <param name="Listing">The version that was bought, as it was.</param>
/// <param name="Price">What was paid, fee included.</param>
/// <param name="Fee">The platform's part of <paramref name="Price"/>.</param>
/// <param name="Deal">The deal that it came of; null when it was bought at the posted price.</param>
[TypeFormatterSource("MarketFormatters")]
public sealed record Licence(Guid Id, Listing Listing, Ntk Price, Ntk Fee, int FeeBasisPoints, Guid? Deal, DateTimeOffset At);

/// <summary>Who has a licence of your listing.</summary>
/// <param name="Account">The buyer.</param>
public sealed record Licensee(string Account, int Version, Ntk Price, Ntk Fee, DateTimeOffset At);
