using Neuro.Client.Models;
using Neuro.Interactive.Formatting.Charts;

namespace Neuro.Interactive.Formatting;

/// <summary>What a model got wrong, how its recipe was changed, and whether that made it better.</summary>
internal sealed class ImprovementFormatters : FormatterSource<ImprovementReport>
{
    private const string Nothing = "No kind of picture is surely worse than the rest: there is nothing to aim at. More pictures to measure on tell finer differences.";

    protected override string ToText(ImprovementReport report) => string.Join('\n', report.Rounds.SelectMany((round, i) => Lines(report, round, i + 1)).Prepend(Title(report)));

    protected override Html ToHtml(ImprovementReport report) => HtmlParts.Card(
        Title(report),
        CardParts.Tiles(
            CardParts.Tile("right before", Share(report, First(report)), Wording.Count(report.Count, "picture")),
            CardParts.Tile("right now", Share(report, report.Right), $"{Wording.Count(report.Rounds.Count(round => round.Outcome is { Kept: true }))} of {Wording.Count(report.Rounds.Count, "round")} kept")),
        CardParts.Charts(Charts(report).Select(chart => chart.ToHtml())),
        Html.Join(report.Rounds.Select((round, i) => Round(round, i + 1))));

    private static string Title(ImprovementReport report) => $"{report.Model}, improved by what it gets wrong of {report.Data}";

    private static int First(ImprovementReport report) => report.Rounds is [var first, ..] ? first.Right : 0;

    private static string Share(ImprovementReport report, int right) => Wording.Percent((double)right / report.Count);

    private static IEnumerable<string> Lines(ImprovementReport report, ImprovementRound round, int number) =>
    [
        $"Round {number}: {Share(report, round.Right)} of {Wording.Count(report.Count, "picture")} right",
        .. round.Slices.Count > 0 ? round.Slices.Select(slice => $"  weak     {Told(slice)}") : [$"  {Nothing}"],
        .. round.Changes.Select(change => $"  changed  {change.Knob}: {change.Reason}"),
        .. round.Notes.Select(note => $"  left     {note}"),
        .. round.Outcome is { } outcome ? [$"  {outcome.Verdict}"] : Array.Empty<string>(),
    ];

    private static string Told(WeakSlice slice) =>
        $"{slice.Name}: {Wording.Percent(slice.Accuracy)} of {Wording.Count(slice.Count)} right, of the others {Wording.Percent(slice.OthersAccuracy)}";

    private static Html Round(ImprovementRound round, int number) => Html.Join(
    [
        CardParts.Heading($"Round {number}"),
        round.Slices.Count == 0 ? Html.Of($"<p>{Nothing}</p>") : Slices(round.Slices).ToHtml(),
        round.Changes.Count == 0 ? Html.Empty : Changes(round.Changes),
        round.Notes.Count == 0 ? Html.Empty : CardParts.Sentences(round.Notes),
        round.Outcome is { } outcome ? Html.Of($"<p><strong>{outcome.Verdict}</strong></p>") : Html.Empty,
    ]);

    private static ListTable<WeakSlice> Slices(IReadOnlyList<WeakSlice> slices) => new ListTable<WeakSlice>("Weak slices", slices)
        .Words("slice", slice => slice.Name)
        .Number("pictures", slice => Wording.Count(slice.Count))
        .Number("right", slice => Wording.Percent(slice.Accuracy))
        .Number("the others", slice => Wording.Percent(slice.OthersAccuracy))
        .Number("mistakes beyond theirs", slice => Wording.Number(slice.Excess, "0.0"));

    private static Html Changes(IReadOnlyList<RecipeChange> changes) => new ListTable<RecipeChange>("What the recipe draws otherwise", changes)
        .Words("knob", change => change.Knob, change => Html.Of($"<code>{change.Knob}</code>"))
        .Words("why", change => change.Reason)
        .ToHtml()
        + CardParts.Fold("The distributions", CardParts.Preformatted(string.Join("\n\n", changes.Select(change => $"{change.Knob}\n  was {change.Before}\n  is  {change.After}"))));

    private static IEnumerable<Chart> Charts(ImprovementReport report)
    {
        if (report.Rounds.Any(round => round.Outcome is not null))
        {
            yield return ByRound(report);
        }

        if (report.Rounds is [{ Slices.Count: > 0 } first, ..])
        {
            yield return new BarChart
            {
                Title = "Weak slices of the model given",
                ValueLabel = "right (%)",
                Bars = [.. first.Slices.Select(slice => new Bar(slice.Name, Math.Round(100 * slice.Accuracy, 1))), new Bar("all", Math.Round(100.0 * first.Right / report.Count, 1))],
                Width = 460,
            };
        }
    }

    private static LineChart ByRound(ImprovementReport report)
    {
        var done = report.Rounds.Where(round => round.Outcome is not null).ToList();
        double[] rounds = [.. Enumerable.Range(0, done.Count + 1).Select(round => (double)round)];
        double percent(int right) => 100.0 * right / report.Count;
        return new LineChart
        {
            Title = "Accuracy by round",
            XLabel = "round",
            YLabel = "right (%)",
            Lines =
            [
                new("kept", rounds, [.. done.Select(round => percent(round.Right)), percent(report.Right)]),
                new("tried", rounds, [double.NaN, .. done.Select(round => percent(round.Outcome!.Right))]),
            ],
            Width = 460,
            Height = 260,
        };
    }
}
