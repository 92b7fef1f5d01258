using System.Xml.Linq;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary><c>Annotations/</c>, <c>JPEGImages/</c>, <c>ImageSets/Main/trainval.txt</c>. Boxes count pixels from 1 and include the last.</summary>
internal sealed class VocExport(ExportFolder folder, IReadOnlyList<string> classes) : IExport
{
    public const string Labels = "Annotations";
    public const string Pictures = "JPEGImages";

    private const float FullyVisible = 0.95f;
    private readonly List<string> names = [];

    public void Append(ShardImage image, ImageLabels labels)
    {
        var name = ShardMember.ImageName(image.Index);
        folder.Write($"{Pictures}/{name}.jpg", image.Jpeg);
        folder.Write($"{Labels}/{name}.xml", new XElement(
            "annotation",
            new XElement("folder", Pictures),
            new XElement("filename", $"{name}.jpg"),
            new XElement("size", new XElement("width", labels.Width), new XElement("height", labels.Height), new XElement("depth", 3)),
            new XElement("segmented", 0),
            labels.Instances.Select(Object)).ToString() + "\n");
        names.Add(name);
    }

    public void Complete() => folder.Write("ImageSets/Main/trainval.txt", string.Concat(names.Select(name => name + "\n")));

    public void Dispose()
    {
    }

    private XElement Object(Instance one) => new(
        "object",
        new XElement("name", classes[one.ClassId]),
        new XElement("pose", "Unspecified"),
        new XElement("truncated", one.Truncated ? 1 : 0),
        new XElement("occluded", one.Visibility < FullyVisible ? 1 : 0),
        new XElement("difficult", 0),
        new XElement(
            "bndbox",
            new XElement("xmin", one.Box.X + 1),
            new XElement("ymin", one.Box.Y + 1),
            new XElement("xmax", one.Box.X + one.Box.Width),
            new XElement("ymax", one.Box.Y + one.Box.Height)));
}
