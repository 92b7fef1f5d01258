using Neuro.Client.Models;

namespace Neuro.Interactive.Formatting;

/// <summary>How models and what they are worth is shown.</summary>
internal sealed class ModelFormatters
{
    public IEnumerable<object> CreateTypeFormatters() => [.. new ModelManifestFormatters().CreateTypeFormatters(), .. new EvaluationFormatters().CreateTypeFormatters()];
}

internal sealed class ModelManifestFormatters : FormatterSource<ModelManifest>
{
    protected override string ToText(ModelManifest model) => Facts(model)
        .Add("held-out accuracy", $"{Wording.Percent(model.ValidationAccuracy)}, measured again by the platform before it paid")
        .ToText();

    protected override Html ToHtml(ModelManifest model) => HtmlParts.Card(
        $"Model {model.Name}",
        CardParts.Tiles(CardParts.Tile("held-out accuracy", Wording.Percent(model.ValidationAccuracy), "measured again by the platform before it paid")),
        Facts(model).ToHtml());

    protected override string? ToText(IReadOnlyList<ModelManifest> models) => Table(models).ToText();

    protected override Html? ToHtml(IReadOnlyList<ModelManifest> models) => Table(models).ToHtml();

    private static FactSheet Facts(ModelManifest model) => new FactSheet($"Model {model.Name}")
        .Add("package", $"{model.Package.Name}, {Wording.Size(model.Package.Bytes)}, SHA-256 {Wording.Short(model.Package.Sha256)}", Html.Of($"{model.Package.Name}, {Wording.Size(model.Package.Bytes)}, {Wording.Code(model.Package.Sha256)}"))
        .Add("spec", Wording.Short(model.SpecHash), Wording.Code(model.SpecHash))
        .Add("trained on", $"dataset {model.DatasetId}")
        .Add("made", $"{Wording.Moment(model.CreatedAt)} by job {model.JobId}")
        .Add("receipts", $"#!neuro-receipts {model.JobId}")
        .Add("id", model.Id.ToString(), Html.Of($"<code>{model.Id}</code>"));

    private static ListTable<ModelManifest> Table(IReadOnlyList<ModelManifest> models) => new ListTable<ModelManifest>("Models", models)
        .Words("name", model => model.Name)
        .Number("held-out accuracy", model => Wording.Percent(model.ValidationAccuracy))
        .Number("size", model => Wording.Size(model.Package.Bytes))
        .Moments("made", model => model.CreatedAt)
        .Words("id", model => model.Id.ToString(), model => Wording.Code(model.Id));
}
