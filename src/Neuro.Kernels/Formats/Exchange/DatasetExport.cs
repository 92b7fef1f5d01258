using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Writes a dataset in a format of others.</summary>
public static class DatasetExport
{
    /// <summary>Writes pictures and labels into a new or empty folder, image by image; it appears when it is whole.</summary>
    /// <param name="dataset">What to export.</param>
    /// <param name="format">Not <see cref="DatasetFormat.GroceryStore"/>.</param>
    /// <param name="folder">Where.</param>
    /// <param name="filter">Which instances; all if left out.</param>
    /// <param name="imagesDone">Told how many images are written, after each.</param>
    /// <param name="cancel">Stops between two images.</param>
    /// <returns>Instances written.</returns>
    /// <exception cref="ExchangeException"><c>export.not_empty</c>, <c>export.unknown_class</c>, <c>export.bad_filter</c>, <c>exchange.one_way</c>.</exception>
    /// <exception cref="ShardException">A shard is damaged, or the folder cannot be written.</exception>
    public static long Run(Dataset dataset, DatasetFormat format, string folder, ExportFilter? filter = null, IProgress<int>? imagesDone = null, CancellationToken cancel = default)
    {
        var wanted = (filter ?? ExportFilter.None).Over(dataset.ClassNames);
        using var target = ExportFolder.Create(folder);
        using var export = Open(format, target, dataset.ClassNames);
        var (done, objects) = (0, 0L);
        foreach (var image in dataset.Images())
        {
            cancel.ThrowIfCancellationRequested();
            var labels = image.Labels with { Instances = [.. image.Labels.Instances.Where(wanted)] };
            target.Guarded(() => export.Append(image, labels));
            objects += labels.Instances.Count;
            imagesDone?.Report(++done);
        }

        target.Guarded(export.Complete);
        export.Dispose();
        target.Complete();
        return objects;
    }

    private static IExport Open(DatasetFormat format, ExportFolder folder, IReadOnlyList<string> classes) => format switch
    {
        DatasetFormat.Coco => new CocoExport(folder, classes, asPolygons: false),
        DatasetFormat.CocoPolygons => new CocoExport(folder, classes, asPolygons: true),
        DatasetFormat.Yolo => new YoloExport(folder, classes, YoloLine.OfBox),
        DatasetFormat.YoloPolygons => new YoloExport(folder, classes, YoloLine.OfPolygon),
        DatasetFormat.YoloObb => new YoloExport(folder, classes, YoloLine.OfOrientedBox),
        DatasetFormat.Kitti => new KittiExport(folder, classes),
        DatasetFormat.Voc => new VocExport(folder, classes),
        DatasetFormat.Solo => new SoloExport(folder, classes),
        DatasetFormat.ImageFolder => new ImageFolderExport(folder, classes),
        _ => throw new ExchangeException("exchange.one_way", $"The format {format} can be imported, not exported."),
    };
}

/// <summary>One format being written.</summary>
internal interface IExport : IDisposable
{
    /// <summary>The next image with those of its labels that are exported.</summary>
    void Append(ShardImage image, ImageLabels labels);

    /// <summary>Whatever comes after the last image.</summary>
    void Complete();
}
