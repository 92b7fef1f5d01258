using System.Globalization;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;

namespace Neuro.Interactive.Formatting;

/// <summary>What anyone may know of the platform at an address.</summary>
[TypeFormatterSource(typeof(PlatformCardFormatters))]
internal sealed record PlatformCard(Uri Url, PlatformInfo Platform);

/// <summary>What a customer is connected to, has, and has going.</summary>
[TypeFormatterSource(typeof(PlatformStatusFormatters))]
internal sealed record PlatformStatus(Uri Url, Account Account, Balance Balance, IReadOnlyList<NodeView> Nodes, IReadOnlyList<Job> Jobs);

internal sealed class PlatformCardFormatters : FormatterSource<PlatformCard>
{
    protected override string ToText(PlatformCard value) => Facts(value).ToText();

    protected override Html ToHtml(PlatformCard value) => HtmlParts.Card("Neuro platform", Facts(value).ToHtml());

    private static FactSheet Facts(PlatformCard value) => new FactSheet("Neuro platform")
        .Add("address", value.Url.ToString())
        .Add("version", value.Platform.Version)
        .Add("price of 1 NTK", string.Create(CultureInfo.InvariantCulture, $"{value.Platform.UnitPrice:0.00######} {value.Platform.Currency}"))
        .Add("fees", string.Join(", ", value.Platform.FeeBasisPoints.Select(fee => $"{fee.Key} {Wording.Rate(fee.Value)}")))
        .Add("signs receipts with", value.Platform.PublicKey, Html.Of($"<code style=\"overflow-wrap:anywhere\">{value.Platform.PublicKey}</code>"));
}

internal sealed class PlatformStatusFormatters : FormatterSource<PlatformStatus>
{
    protected override string ToText(PlatformStatus value) => Facts(value).ToText();

    protected override Html ToHtml(PlatformStatus value) => HtmlParts.Card($"Connected as {value.Account.Name}", Facts(value).ToHtml());

    private static FactSheet Facts(PlatformStatus value) => new FactSheet($"Connected as {value.Account.Name}")
        .Add("platform", value.Url.ToString())
        .Add("balance", $"{Wording.Amount(value.Balance.Available)} available, {Wording.Amount(value.Balance.Held)} held")
        .Add("nodes", value.Nodes.Count == 0 ? "none yet" : string.Join(", ", value.Nodes.GroupBy(node => node.State).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}")))
        .Add("jobs", $"{value.Jobs.Count(job => job.State == JobState.Running)} running of {value.Jobs.Count}");
}
