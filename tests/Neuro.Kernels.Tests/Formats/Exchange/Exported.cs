using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Formats.Exchange;

/// <summary>A small dataset of made-up pictures, exported and imported again.</summary>
internal sealed class Exported : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public Exported(params Func<ImageLabels, ImageLabels>[] changes)
    {
        using (var writer = new ShardWriter(folder.File("shard-000000.tar"), new ShardContent("hash", 1, 0, 3, Sample.Classes)))
        {
            for (var index = 0; index < 3; index++)
            {
                var (frame, labels) = Sample.Of(100 + index, index: index);
                writer.Append(EncodedImage.Encode(frame, changes.Aggregate(labels, (sum, change) => change(sum)), 90, []));
            }

            writer.Complete();
        }

        Dataset = Dataset.Open(folder.Path);
        Images = [.. Dataset.Images()];
    }

    public Dataset Dataset { get; }

    public IReadOnlyList<ShardImage> Images { get; }

    /// <summary>Every label with what came back for it.</summary>
    public IReadOnlyList<(Instance Was, ExternalObject Is, ExternalImage Image)> Pairs { get; private set; } = [];

    public string Folder => folder.File("out");

    /// <summary>How many instances were written.</summary>
    public long Export(DatasetFormat format, ExportFilter? filter = null) => DatasetExport.Run(Dataset, format, Folder, filter, cancel: TestContext.Current.CancellationToken);

    public ExternalDataset RoundTrip(DatasetFormat format)
    {
        Export(format);
        var imported = DatasetImport.Run(format, Folder);
        imported.Images.Count.ShouldBe(3);
        Pairs = [.. Images.Zip(imported.Images).SelectMany(pair => pair.First.Labels.Instances.Zip(pair.Second.Objects, (was, now) => (was, now, pair.Second)))];
        Pairs.Count.ShouldBe(Dataset.Objects);
        imported.Images.Sum(image => image.Objects.Count).ShouldBe(Dataset.Objects);
        foreach (var (image, again) in Images.Zip(imported.Images))
        {
            again.Decode().Rgb.ShouldBe(image.Decode().Rgb);
            (again.Width, again.Height).ShouldBe((image.Labels.Width, image.Labels.Height));
        }

        return imported;
    }

    public void Dispose() => folder.Dispose();
}
