using System.Globalization;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Interactive.Formatting;

/// <summary>How datasets are shown by what is known of them without their pixels; a <see cref="DatasetCard"/> shows those too.</summary>
internal sealed class DataFormatters : FormatterSource<DatasetManifest>
{
    private static readonly JsonSerializerOptions Readable = new(NeuroJson.Options) { WriteIndented = true };

    protected override string ToText(DatasetManifest dataset) => Facts(dataset).ToText();

    protected override Html ToHtml(DatasetManifest dataset) => HtmlParts.Card($"Dataset {dataset.Name}", Facts(dataset).ToHtml(), Folds(dataset));

    protected override string? ToText(IReadOnlyList<DatasetManifest> datasets) => Table(datasets).ToText();

    protected override Html? ToHtml(IReadOnlyList<DatasetManifest> datasets) => Table(datasets).ToHtml();

    internal static FactSheet Facts(DatasetManifest dataset) => new FactSheet($"Dataset {dataset.Name}")
        .Add("images", $"{Wording.Count(dataset.Count)} in {Wording.Count(dataset.Shards.Count, "shard")}, {Wording.Size(dataset.Bytes)}")
        .Add("seed", dataset.Seed.ToString(CultureInfo.InvariantCulture))
        .Add("recipe hash", dataset.RecipeHash, Html.Of($"<code style=\"overflow-wrap:anywhere\">{dataset.RecipeHash}</code>"))
        .Add("catalogue", dataset.Catalogue, Wording.Code(dataset.Catalogue))
        .Add("made", $"{Wording.Moment(dataset.CreatedAt)} by job {dataset.JobId}")
        .Add("id", dataset.Id.ToString(), Html.Of($"<code>{dataset.Id}</code>"));

    internal static Html Folds(DatasetManifest dataset) =>
        CardParts.Fold("The shards", Shards(dataset).ToHtml()) + CardParts.Fold("The recipe", CardParts.Preformatted(dataset.Recipe.ToJsonString(Readable)));

    private static ListTable<ArtifactRef> Shards(DatasetManifest dataset) => new ListTable<ArtifactRef>("Shards, WebDataset tars", dataset.Shards)
        .Words("file", shard => shard.Name)
        .Number("size", shard => Wording.Size(shard.Bytes))
        .Words("SHA-256", shard => Wording.Short(shard.Sha256), shard => Wording.Code(shard.Sha256));

    private static ListTable<DatasetManifest> Table(IReadOnlyList<DatasetManifest> datasets) => new ListTable<DatasetManifest>("Datasets", datasets)
        .Words("name", dataset => dataset.Name)
        .Number("images", dataset => Wording.Count(dataset.Count))
        .Number("seed", dataset => dataset.Seed.ToString(CultureInfo.InvariantCulture))
        .Number("size", dataset => Wording.Size(dataset.Bytes))
        .Words("recipe hash", dataset => Wording.Short(dataset.RecipeHash), dataset => Wording.Code(dataset.RecipeHash))
        .Moments("made", dataset => dataset.CreatedAt)
        .Words("id", dataset => dataset.Id.ToString(), dataset => Wording.Code(dataset.Id));
}
