using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>A folder a class; in it the visible box of each instance, cut out, as <c>000012-0003.png</c>.</summary>
internal sealed class ImageFolderExport : IExport
{
    private readonly ExportFolder folder;
    private readonly string[] names;

    public ImageFolderExport(ExportFolder folder, IReadOnlyList<string> classes)
    {
        this.folder = folder;
        names = new string[classes.Count];
        for (var id = 0; id < names.Length; id++)
        {
            var name = string.Concat(classes[id].Select(letter => char.IsControl(letter) || "/\\:*?\"<>|".Contains(letter) ? '_' : letter)).Trim(' ', '.');
            names[id] = name.Length == 0 || names.AsSpan(0, id).Contains(name) ? $"{name}_{id}" : name;
        }
    }

    public void Append(ShardImage image, ImageLabels labels)
    {
        var picture = image.Decode();
        foreach (var one in labels.Instances)
        {
            folder.Write($"{names[one.ClassId]}/{ShardMember.ImageName(image.Index)}-{one.Id:D4}.png", Codec.Png(Cut(picture, one.Box)));
        }
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }

    private static Image Cut(Image picture, BoundingBox box)
    {
        var rgb = new byte[3 * box.Width * box.Height];
        for (var y = 0; y < box.Height; y++)
        {
            picture.Rgb.AsSpan(3 * (((box.Y + y) * picture.Width) + box.X), 3 * box.Width).CopyTo(rgb.AsSpan(3 * y * box.Width));
        }

        return new Image(box.Width, box.Height, rgb);
    }
}
