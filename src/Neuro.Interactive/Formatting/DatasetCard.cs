using Neuro.Client.Data;
using Neuro.Interactive.Formatting.Charts;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;

namespace Neuro.Interactive.Formatting;

/// <summary>A dataset one can look at: samples with their labels, how often each class occurs, and whether the labels hold.</summary>
[TypeFormatterSource(typeof(DatasetCardFormatters))]
public sealed class DatasetCard
{
    private const int MostSamples = 12;
    private const int SampleWidth = 320;
    private const int MostAudited = 1000;

    internal DatasetCard()
    {
    }

    public required DatasetManifest Dataset { get; init; }

    /// <summary>Class names by class id.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Labelled instances in all images.</summary>
    public required int Objects { get; init; }

    /// <summary>Instances per class.</summary>
    public required IReadOnlyList<int> ClassHistogram { get; init; }

    /// <summary>What the node's own audit found when it wrote the shards.</summary>
    public required Audit WrittenAudit { get; init; }

    /// <summary>What came of deriving the boxes again here, from the masks downloaded: every image, or 1,000 spread evenly over a larger dataset.</summary>
    public required Audit Audit { get; init; }

    /// <summary>How many images <see cref="Audit"/> read.</summary>
    public required int AuditedImages { get; init; }

    /// <summary>A dozen small pictures with their labels drawn.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>An image of the dataset, small, with its labels drawn over it.</summary>
    /// <param name="Index">Number of the image within its dataset.</param>
    public sealed record Sample(int Index, int Boxes, byte[] Jpeg);

    /// <summary>Reads the shards of a dataset and audits their labels.</summary>
    /// <param name="shardPaths">Where its shards are on this machine, in any order.</param>
    /// <exception cref="ShardException">A shard that is missing, damaged or of another dataset.</exception>
    /// <exception cref="ArgumentException">The shards are not of this dataset.</exception>
    public static DatasetCard Open(DatasetManifest manifest, IEnumerable<string> shardPaths)
    {
        var shards = Kernels.Formats.Dataset.Open(shardPaths);
        if (shards.RecipeHash != manifest.RecipeHash || shards.Seed != manifest.Seed)
        {
            throw new ArgumentException(
                $"The shards are of recipe {Wording.Short(shards.RecipeHash)}, seed {shards.Seed}; dataset {manifest.Name} is recipe {Wording.Short(manifest.RecipeHash)}, seed {manifest.Seed}. Give the paths that DownloadAsync returned for it.");
        }

        var (samples, audit, audited) = Look(shards);
        return new DatasetCard
        {
            Dataset = manifest,
            ClassNames = shards.ClassNames,
            Objects = shards.Objects,
            ClassHistogram = shards.ClassHistogram,
            WrittenAudit = shards.Audit,
            Audit = audit,
            AuditedImages = audited,
            Samples = samples,
        };
    }

    internal string ClassName(int id) => id >= 0 && id < ClassNames.Count ? ClassNames[id] : $"class {id}";

    private static (IReadOnlyList<Sample> Samples, Audit Audit, int Audited) Look(Dataset shards)
    {
        var shown = Evenly(shards.Count, MostSamples);
        var audited = Evenly(shards.Count, MostAudited);
        var looked = shards.Images()
            .Select((image, at) => (Image: image, IsShown: shown.Contains(at), IsAudited: audited.Contains(at)))
            .Where(one => one.IsShown || one.IsAudited)
            .AsParallel().AsOrdered()
            .Select(one => (Audit: one.IsAudited ? one.Image.Audit() : Kernels.Formats.Audit.None, Sample: one.IsShown ? Drawn(one.Image) : null))
            .ToList();
        return ([.. looked.Select(one => one.Sample).OfType<Sample>()], looked.Aggregate(Kernels.Formats.Audit.None, (sum, one) => sum.Plus(one.Audit)), audited.Count);
    }

    private static HashSet<int> Evenly(int count, int most) => count <= most
        ? [.. Enumerable.Range(0, count)]
        : [.. Enumerable.Range(0, most).Select(i => (int)((long)i * count / most))];

    private static Sample Drawn(ShardImage image) => new(
        image.Index,
        image.Labels.Instances.Count,
        Codec.Jpeg(Thumbnails.Smaller(Overlay.Draw(image.Decode(), image.Labels), Math.Max(1, image.Labels.Width / SampleWidth)), 80));
}

internal sealed class DatasetCardFormatters : FormatterSource<DatasetCard>
{
    protected override string ToText(DatasetCard card) => $"{Facts(card).ToText()}\n{Histogram(card).Title}\n{Histogram(card).ToText()}";

    protected override Html ToHtml(DatasetCard card) => HtmlParts.Card(
        $"Dataset {card.Dataset.Name}",
        CardParts.Tiles(
            CardParts.Tile("images", Wording.Count(card.Dataset.Count), $"{Wording.Count(card.Dataset.Shards.Count, "shard")}, {Wording.Size(card.Dataset.Bytes)}"),
            CardParts.Tile("labelled products", Wording.Count(card.Objects), Wording.Count(card.ClassNames.Count, "class", "classes")),
            CardParts.Tile("label mismatches", Wording.Count(card.Audit.Mismatches), $"{Wording.Count(card.Audit.Boxes, "box", "boxes")} derived again from masks")),
        CardParts.Heading("Samples with their boxes"),
        HtmlParts.Gallery(220, card.Samples.Select(sample => HtmlParts.Picture(
            sample.Jpeg, $"Image {sample.Index} with {Wording.Count(sample.Boxes, "box", "boxes")}", MimeTypes.Jpeg))),
        Html.Of($"<div style=\"overflow-x:auto;margin-top:.8em\">{Histogram(card).ToHtml()}</div>"),
        Facts(card).ToHtml(),
        DataFormatters.Folds(card.Dataset));

    private static FactSheet Facts(DatasetCard card) => DataFormatters.Facts(card.Dataset)
        .Add("products", $"{Wording.Count(card.Objects)} labelled, {Wording.Count(card.ClassNames.Count, "class", "classes")}")
        .Add("audit here", AuditHere(card), card.Audit.Mismatches == 0 ? null : CardParts.Bad(AuditHere(card)))
        .Add("audit when written", $"{Wording.Count(card.WrittenAudit.Boxes, "box", "boxes")} derived again, {Wording.Count(card.WrittenAudit.Mismatches, "mismatch", "mismatches")}");

    private static string AuditHere(DatasetCard card) =>
        $"{(card.Audit.Mismatches == 0 ? "✓" : "✗")} {Wording.Count(card.Audit.Boxes, "box", "boxes")} derived again from the masks of {Wording.Count(card.AuditedImages, "image")}, {Wording.Count(card.Audit.Mismatches, "mismatch", "mismatches")}";

    private static BarChart Histogram(DatasetCard card) => new()
    {
        Title = "Labelled products by class",
        Bars = [.. card.ClassHistogram.Select((count, id) => new Bar(card.ClassName(id), count))],
        ValueLabel = "labelled products",
    };
}
