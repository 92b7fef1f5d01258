using Neuro.Client.Market;

namespace Neuro.Interactive.Formatting;

/// <summary>How a request for a quote and what came of it is shown.</summary>
internal sealed class DealFormatters : FormatterSource<Deal>
{
    protected override string ToText(Deal deal) => string.Join('\n', Lists(deal).Select(list => list.Text).Prepend(Facts(deal).ToText()));

    protected override Html ToHtml(Deal deal) => HtmlParts.Card(
        $"Request: {deal.Listing}",
        Html.Of($"<p style=\"margin:.3em 0;white-space:pre-wrap\">{deal.Text}</p>"),
        Facts(deal).ToHtml(), Html.Join(Lists(deal).Select(list => list.Html), "\n"));

    protected override string? ToText(IReadOnlyList<Deal> deals) => Table(deals).ToText();

    protected override Html? ToHtml(IReadOnlyList<Deal> deals) => Table(deals).ToHtml();

    private static FactSheet Facts(Deal deal) => new FactSheet($"Request: {deal.Listing}")
        .Add("state", deal.State, Html.Of($"<strong>{deal.State}</strong>"))
        .Add("who", $"{deal.Buyer} buys of {deal.Supplier}; you are the {deal.You}")
        .AddIf("would pay", deal.Wish is { } wish ? Wording.Amount(wish) : null)
        .AddIf("waits until", deal.Expires is { } expires ? Wording.Moment(expires) : null)
        .AddIf("due", deal.Due is { } due ? Wording.Moment(due) : null)
        .Add("money", $"{Wording.Amount(deal.Held)} held, {Wording.Amount(deal.Paid)} paid, {Wording.Amount(deal.Returned)} returned; "
            + $"fee {Wording.Rate(deal.FeeBasisPoints)} of what is paid")
        .AddIf("to end it", deal.EndAskedBy is { } side ? $"the {side} asks to" : null)
        .Add("id", deal.Id.ToString(), Html.Of($"<code>{deal.Id}</code>"));

    private static IEnumerable<(string Text, Html Html)> Lists(Deal deal)
    {
        if (deal.Offers.Count > 0)
        {
            var offers = new ListTable<DealOffer>("Offers", deal.Offers)
                .Number("no.", offer => Wording.Count(offer.Number))
                .Words("by", offer => offer.By)
                .Amounts("price, NTK", offer => offer.Price)
                .Number("days", offer => Wording.Count(offer.DeliveryDays))
                .Words("in parts", offer => string.Join(", ", offer.Milestones.Select(part => part.Title)))
                .Words("note", offer => offer.Note)
                .Words("stands", offer => offer.Id == deal.OpenOffer ? $"until {Wording.Moment(offer.Expires)}" : "no");
            yield return (offers.ToText(), offers.ToHtml());
        }

        if (deal.Milestones.Count > 0)
        {
            var parts = new ListTable<DealMilestone>("Parts of the work", deal.Milestones)
                .Number("no.", part => Wording.Count(part.Number))
                .Words("what", part => part.Title)
                .Amounts("price, NTK", part => part.Price)
                .Words("state", part => part.State)
                .Words("delivered", part => part.Deliveries is [.., var last] ? $"{last.State}: {last.Note}{(last.Reason is null ? "" : $" ({last.Reason})")}" : "");
            yield return (parts.ToText(), parts.ToHtml());
        }
    }

    private static ListTable<Deal> Table(IReadOnlyList<Deal> deals) => new ListTable<Deal>("Requests for quotes", deals)
        .Words("listing", deal => deal.Listing)
        .Words("you", deal => deal.You)
        .Words("other side", deal => deal.You == "buyer" ? deal.Supplier : deal.Buyer)
        .Words("state", deal => deal.State)
        .Words("newest offer", deal => deal.Offers is [.., var last] ? $"{Wording.Amount(last.Price)} by the {last.By}" : "none yet")
        .Moments("asked", deal => deal.CreatedAt)
        .Words("id", deal => Wording.Short(deal.Id), deal => Wording.Code(deal.Id));
}
