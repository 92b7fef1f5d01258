using System.Globalization;
using System.Text.Json;
using Neuro.Client.Api;

namespace Neuro.Interactive.Formatting;

/// <summary>The folder of a training run as a card: how it went, what it saw first, and where it errs; whatever of it is there yet.</summary>
[TypeFormatterSource(typeof(TrainingRunCardFormatters))]
public sealed class TrainingRunCard
{
    private static readonly (string File, string Caption)[] Known =
    [
        ("loss.svg", "Loss"), ("accuracy.svg", "Accuracy"), ("first-batch.jpg", "The first batch, as the network sees it"), ("predictions.svg", "Held-back samples, the most confident mistakes first"),
        ("confusion-normalised.svg", "Confusion"), ("precision-recall-f1.svg", "Precision, recall and F1"), ("labels.svg", "Samples of each class"),
    ];

    private TrainingRunCard(string folder, IReadOnlyList<(string Name, string Value)> facts, IReadOnlyList<(string Caption, string Mime, byte[] Picture)> figures) =>
        (Folder, Facts, Figures) = (folder, facts, figures);

    public string Folder { get; }

    internal IReadOnlyList<(string Name, string Value)> Facts { get; }

    internal IReadOnlyList<(string Caption, string Mime, byte[] Picture)> Figures { get; }

    /// <summary>Reads a run's folder, as docs/train-a-model.md lists it; a run that still goes on shows what it has written.</summary>
    /// <exception cref="NeuroException"><c>run.missing</c>: there is no run in the folder.</exception>
    public static TrainingRunCard Open(string folder)
    {
        var results = Path.Combine(folder, "results.csv");
        var figures = Known.Where(known => File.Exists(Path.Combine(folder, known.File)))
            .Select(known => (known.Caption, known.File.EndsWith(".svg", StringComparison.Ordinal) ? MimeTypes.Svg : MimeTypes.Jpeg, File.ReadAllBytes(Path.Combine(folder, known.File)))).ToList();
        if (figures.Count == 0 && !File.Exists(results))
        {
            throw new NeuroException("run.missing", $"{Path.GetFullPath(folder)} holds no training run: neither results.csv nor a figure is there. Give the folder that was given to the training.");
        }

        return new(folder, [.. FactsOf(folder, results)], figures);
    }

    private static IEnumerable<(string, string)> FactsOf(string folder, string results)
    {
        string[] rows = File.Exists(results) ? [.. File.ReadAllLines(results).Where(row => row.Length > 0)] : [];
        if (rows.Length > 1)
        {
            // The last row by its columns' names: each task has columns of its own.
            foreach (var (name, value) in rows[0].Split(',').Zip(rows[^1].Split(',')))
            {
                yield return (name.Replace('_', ' '), double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Wording.Number(number, "0.####") : value);
            }
        }

        var card = Path.Combine(folder, "card.json");
        if (File.Exists(card))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(card));
            yield return ("model", json.RootElement.GetProperty("name").GetString()!);
        }
    }
}

internal sealed class TrainingRunCardFormatters : FormatterSource<TrainingRunCard>
{
    protected override string ToText(TrainingRunCard run)
    {
        var sheet = new FactSheet($"Training run in {run.Folder}");
        foreach (var (name, value) in run.Facts)
        {
            sheet.Add(name, value);
        }

        return sheet.Add("figures", string.Join(", ", run.Figures.Select(figure => figure.Caption))).ToText();
    }

    protected override Html ToHtml(TrainingRunCard run) => HtmlParts.Card(
        "Training run",
        CardParts.Tiles(run.Facts.Select(fact => CardParts.Tile(fact.Name, fact.Value))),
        CardParts.Charts(run.Figures.Select(figure => HtmlParts.Figure(HtmlParts.Picture(figure.Picture, figure.Caption, figure.Mime), figure.Caption))));
}
