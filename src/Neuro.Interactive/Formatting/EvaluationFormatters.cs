using Neuro.Client.Models;

namespace Neuro.Interactive.Formatting;

/// <summary>How well a model does, where it errs, and on which pictures.</summary>
internal sealed class EvaluationFormatters : FormatterSource<Evaluation>
{
    private const int WorstShown = 6;
    private const int PairsShown = 5;

    protected override string ToText(Evaluation evaluation) => string.Join('\n',
    [
        new FactSheet($"{evaluation.Model} on {evaluation.Data}: {Wording.Count(evaluation.Count, "picture")}, {Wording.Count(evaluation.Classes.Count, "class", "classes")}")
            .Add("top-1", $"{Wording.Percent(evaluation.Top1)} (95 % interval {Interval(evaluation)})")
            .Add("top-5", Wording.Percent(evaluation.Top5))
            .Add("macro recall", Wording.Percent(evaluation.MacroRecall))
            .ToText(),
        .. Lines("Most often confused", Pairs(evaluation).Select(pair => $"{pair.Actual} taken for {pair.Predicted}: {pair.Count}")),
        .. Lines("Worst mistakes", evaluation.Worst.Take(WorstShown).Select(mistake => $"{mistake.File}: {mistake.Actual}, taken for {mistake.Predicted} with {Wording.Percent(mistake.Confidence)}")),
    ]);

    protected override Html ToHtml(Evaluation evaluation) => HtmlParts.Card(
        $"{evaluation.Model} on {evaluation.Data}",
        CardParts.Tiles(
            CardParts.Tile("top-1", Wording.Percent(evaluation.Top1), $"95 % interval {Interval(evaluation)}"),
            CardParts.Tile("top-5", Wording.Percent(evaluation.Top5)),
            CardParts.Tile("macro recall", Wording.Percent(evaluation.MacroRecall), "mean over classes that occur"),
            CardParts.Tile("pictures", Wording.Count(evaluation.Count), Wording.Count(evaluation.Classes.Count, "class", "classes"))),
        evaluation.Confusion.Length == 0 ? Html.Empty : new ConfusionMatrix { Title = "Confusion matrix", Classes = evaluation.Classes, Counts = evaluation.Confusion }.ToHtml(),
        Mistakes(evaluation));

    protected override string? ToText(IReadOnlyList<Evaluation> evaluations) => Table(evaluations).ToText();

    protected override Html? ToHtml(IReadOnlyList<Evaluation> evaluations) => Table(evaluations).ToHtml();

    private static ListTable<Evaluation> Table(IReadOnlyList<Evaluation> evaluations) => new ListTable<Evaluation>("Evaluations", evaluations)
        .Words("model", evaluation => evaluation.Model)
        .Words("data", evaluation => evaluation.Data)
        .Number("pictures", evaluation => Wording.Count(evaluation.Count))
        .Number("top-1", evaluation => Wording.Percent(evaluation.Top1))
        .Number("95 % interval", Interval)
        .Number("top-5", evaluation => Wording.Percent(evaluation.Top5))
        .Number("macro recall", evaluation => Wording.Percent(evaluation.MacroRecall));

    private static Html Mistakes(Evaluation evaluation) => evaluation.Worst.Count == 0
        ? Html.Of($"<p>No mistakes.</p>")
        : CardParts.Heading("The mistakes made with the most confidence") + HtmlParts.Gallery(130, evaluation.Worst.Take(WorstShown).Select(Mistake));

    private static Html Mistake(Mistake mistake) => Html.Of(
        $"""<figure class="neuro-figure" style="display:block;overflow-wrap:anywhere" title="{mistake.File}">{HtmlParts.Picture(mistake.Jpeg, $"{mistake.Actual}, which the model took for {mistake.Predicted}", MimeTypes.Jpeg)}<figcaption>is <strong>{mistake.Actual}</strong><br>taken for <span class="neuro-bad">{mistake.Predicted}</span><br>confidence {Wording.Percent(mistake.Confidence)}</figcaption></figure>""");

    private static string Interval(Evaluation evaluation) => $"{Wording.Number(evaluation.Top1Low * 100, "0.0")} – {Wording.Percent(evaluation.Top1High)}";

    private static IEnumerable<(string Actual, string Predicted, int Count)> Pairs(Evaluation evaluation) => evaluation.Confusion
        .SelectMany((row, actual) => row.Select((count, predicted) => (Actual: Name(evaluation, actual), Predicted: Name(evaluation, predicted), Count: actual == predicted ? 0 : count)))
        .Where(pair => pair.Count > 0)
        .OrderByDescending(pair => pair.Count)
        .Take(PairsShown);

    private static string Name(Evaluation evaluation, int at) => at < evaluation.Classes.Count ? evaluation.Classes[at] : $"class {at}";

    private static IEnumerable<string> Lines(string title, IEnumerable<string> lines) =>
        lines.Select(line => $"  - {line}").ToList() is { Count: > 0 } found ? found.Prepend(title) : [];
}
