using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary><c>annotations/instances.json</c> and <c>images/</c>; category ids are class ids, from 0.</summary>
internal sealed class CocoExport : IExport
{
    public const string Labels = "annotations/instances.json";
    public const string Pictures = "images";

    private readonly ExportFolder folder;
    private readonly IReadOnlyList<string> classes;
    private readonly FileStream document;
    private readonly CocoWriter writer;

    public CocoExport(ExportFolder folder, IReadOnlyList<string> classes, bool asPolygons)
    {
        this.folder = folder;
        this.classes = classes;
        document = new FileStream(folder.PathOf(Labels), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        writer = new CocoWriter(document, asPolygons ? MaskPolygons.OfParts : null);
    }

    public void Append(ShardImage image, ImageLabels labels)
    {
        var name = ShardMember.ImageName(image.Index) + ShardMember.Jpeg;
        folder.Write($"{Pictures}/{name}", image.Jpeg);
        writer.Append(labels, name);
    }

    public void Complete()
    {
        writer.Complete(classes);
        document.Flush();
    }

    public void Dispose()
    {
        try
        {
            writer.Dispose();
            document.Dispose();
        }
        catch (IOException)
        {
            // What failed was to write, and has been said; the folder is given up.
        }
    }
}
