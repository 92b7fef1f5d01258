using Neuro.Client.Market;

namespace Neuro.Interactive.Formatting;

internal sealed class ListingFormatters : FormatterSource<Listing>
{
    protected override string ToText(Listing listing) => $"{Facts(listing).ToText()}\n{listing.Description}";

    protected override Html ToHtml(Listing listing) => HtmlParts.Card(listing.Title, Html.Of($"<p style=\"margin:.3em 0;white-space:pre-wrap\">{listing.Description}</p>"), Facts(listing).ToHtml());

    protected override string? ToText(IReadOnlyList<Listing> listings) => Table(listings).ToText();

    protected override Html? ToHtml(IReadOnlyList<Listing> listings) => Table(listings).ToHtml();

    /// <summary>What the platform measured, on one line; empty for a service.</summary>
    public static string Measured(Listing listing)
    {
        var card = listing.Card ?? new AssetCard();
        return string.Join(", ", ((string?[])
        [
            card.Images is { } images ? Wording.Count(images, "image") : null,
            card.Width is { } width ? $"{width} × {card.Height}" : null,
            card.Objects is { } objects ? Wording.Count(objects, "labelled product") : null,
            card.Classes is { } classes ? Wording.Count(classes, "class", "classes") : null,
            card.ValidationAccuracy is { } accuracy ? $"accuracy {Wording.Percent(accuracy)}" : null,
            card.Parameters is { } parameters ? Wording.Count(parameters, "parameter") : null,
            card.Bytes is { } bytes ? Wording.Size(bytes) : null,
        ]).OfType<string>());
    }

    private static FactSheet Facts(Listing listing) => new FactSheet(listing.Title)
        .Add("what", $"{listing.Kind}, {listing.Name} v{listing.Version} by {listing.Supplier}")
        .Add("price", Price(listing))
        .Add("fee", $"{Wording.Rate(listing.FeeBasisPoints)} of it, which the supplier leaves")
        .AddIf("measured by the platform", listing.Card is null ? null : Measured(listing))
        .AddIf("labels", listing.Card?.Labels is { Count: > 0 } labels ? string.Join(", ", labels) : null)
        .AddIf("sells", listing.Asset)
        .Add("licence", listing.Licence)
        .Add("since", Wording.Moment(listing.PublishedAt))
        .Add("id", listing.Id.ToString(), Html.Of($"<code>{listing.Id}</code>"));

    private static ListTable<Listing> Table(IReadOnlyList<Listing> listings) => new ListTable<Listing>("On offer", listings)
        .Words("name", listing => $"{listing.Name} v{listing.Version}")
        .Words("kind", listing => listing.Kind)
        .Words("what", listing => listing.Title, listing => Html.Of($"{listing.Title}<div class=\"neuro-quiet\">{Measured(listing)}</div>"))
        .Words("by", listing => listing.Supplier)
        .Words("price", Price)
        .Words("id", listing => Wording.Short(listing.Id), listing => Wording.Code(listing.Id));

    private static string Price(Listing listing) => listing.State == "delisted"
        ? "not on offer any more"
        : string.Join(" or ", ((string?[])[listing.Price is { } price ? Wording.Amount(price) + (listing.Left is { } left ? $" ({Wording.Count(left)} left)" : "") : null, listing.Quotes ? "by quote" : null]).OfType<string>());
}

internal sealed class LicenceFormatters : FormatterSource<Licence>
{
    protected override string ToText(Licence licence) => Facts(licence).ToText();

    protected override Html ToHtml(Licence licence) => HtmlParts.Card($"Licence: {licence.Listing.Title}", Facts(licence).ToHtml());

    private static FactSheet Facts(Licence licence) => new FactSheet($"Licence: {licence.Listing.Title}")
        .Add("of", $"{licence.Listing.Kind} {licence.Listing.Name} v{licence.Listing.Version} by {licence.Listing.Supplier}")
        .AddIf("which is", licence.Listing.Asset)
        .Add("paid", $"{Wording.Amount(licence.Price)}, of which fee {Wording.Amount(licence.Fee)} ({Wording.Rate(licence.FeeBasisPoints)})")
        .Add("terms", licence.Listing.Licence)
        .Add("since", Wording.Moment(licence.At))
        .Add("id", licence.Id.ToString(), Html.Of($"<code>{licence.Id}</code>"));
}
