using System.Formats.Tar;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>One image read from a shard; pictures are decoded when asked for.</summary>
/// <param name="Index">Number of the image within its dataset.</param>
/// <param name="Jpeg">Colours, encoded.</param>
/// <param name="DepthPng">Depth, encoded: 16-bit millimetres.</param>
/// <param name="IdsPng">Instance ids, encoded: 16 bit.</param>
/// <param name="Labels">Boxes, masks, visibility.</param>
public sealed record ShardImage(int Index, byte[] Jpeg, byte[] DepthPng, byte[] IdsPng, ImageLabels Labels)
{
    /// <summary>Decodes the colours.</summary>
    public Image Decode() => Codec.Decode(Jpeg, ShardMember.ImageName(Index) + ShardMember.Jpeg);

    /// <summary>Metres along the optical axis, row-major; +∞ where nothing is.</summary>
    public float[] Depth() => [.. PngReader.Read(DepthPng, ShardMember.ImageName(Index) + ShardMember.Depth).Values.Select(mm => mm == 0 ? float.PositiveInfinity : mm / 1000f)];

    /// <summary>Instance ids, row-major; 0 where no labelled product is.</summary>
    public int[] Ids() => [.. PngReader.Read(IdsPng, ShardMember.ImageName(Index) + ShardMember.Ids).Values.Select(id => (int)id)];

    /// <summary>Derives this image's boxes, areas and masks again from its id picture and compares them with its labels.</summary>
    public Audit Audit() => LabelAudit.Check(IdsPng, Labels, ShardMember.ImageName(Index));
}

/// <summary>Reads shards as a stream. A shard may come from a stranger: names, order, sizes and content are checked.</summary>
public sealed class ShardReader
{
    private const long MaxMemberBytes = 64L << 20;
    private const long MaxCocoBytes = 4L << 30;

    private ShardReader()
    {
    }

    /// <summary>The images in order, one in memory at a time; a shard without its end raises an error after its last whole image.</summary>
    /// <exception cref="ShardException"><c>shard.not_found</c>, <c>.truncated</c>, <c>.malformed</c>, <c>.unexpected_member</c>, <c>.too_large</c>, <c>.unreadable</c>.</exception>
    public static IEnumerable<ShardImage> Read(string tarPath)
    {
        var shard = Path.GetFileName(tarPath);
        var parts = new Dictionary<string, byte[]>();
        var (images, next) = (0, -1);
        foreach (var (name, bytes) in Members(tarPath, withImages: true))
        {
            if (name == ShardManifest.FileName)
            {
                var content = ShardManifest.Parse(bytes, shard).Content;
                if (images != content.Count || next != content.First + content.Count || parts.Count > 0)
                {
                    throw new ShardException("shard.malformed", $"{shard} says that it holds {content.Count} images from {content.First}; it holds {images} up to {next - 1}.");
                }
            }
            else if (ShardMember.TryParse(name, out var index, out var kind))
            {
                next = next < 0 ? index : next;
                if (index != next || !parts.TryAdd(kind, bytes))
                {
                    throw new ShardException("shard.malformed", $"{shard} holds {name} where image {next} was to go on.");
                }

                if (parts.Count == 4)
                {
                    yield return ToImage(index, parts, shard);
                    parts.Clear();
                    (images, next) = (images + 1, next + 1);
                }
            }
        }
    }

    /// <summary>What <c>shard.json</c> at the end says; the images are skipped, not read.</summary>
    internal static ShardManifest Manifest(string tarPath) =>
        ShardManifest.Parse(Members(tarPath, withImages: false).Single(member => member.Name == ShardManifest.FileName).Bytes, Path.GetFileName(tarPath));

    private static ShardImage ToImage(int index, Dictionary<string, byte[]> parts, string shard)
    {
        var name = ShardMember.ImageName(index);
        var labels = LabelsJson.Parse(parts[ShardMember.Labels], $"{name}{ShardMember.Labels} in {shard}");
        return labels.Index == index
            ? new ShardImage(index, parts[ShardMember.Jpeg], parts[ShardMember.Depth], parts[ShardMember.Ids], labels)
            : throw new ShardException("shard.malformed", $"{name}{ShardMember.Labels} in {shard} holds the labels of image {labels.Index}.");
    }

    /// <summary>Every member we know, up to and with <c>shard.json</c>; anything else is an error.</summary>
    private static IEnumerable<(string Name, byte[] Bytes)> Members(string tarPath, bool withImages)
    {
        var shard = Path.GetFileName(tarPath);
        using var file = Open(tarPath);
        var reader = new TarStream(file);
        string? last = null;
        while (Guarded(reader.Next, shard, last) is { } entry)
        {
            last = entry.Name;
            var isImage = ShardMember.TryParse(entry.Name, out _, out _);
            if (entry.Type is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !(isImage || entry.Name is CocoWriter.FileName or ShardManifest.FileName))
            {
                throw new ShardException("shard.unexpected_member", $"{shard} holds '{entry.Name}' ({entry.Type}); a shard holds numbered images, {CocoWriter.FileName} and {ShardManifest.FileName} only.");
            }

            if (entry.Length > (entry.Name == CocoWriter.FileName ? MaxCocoBytes : MaxMemberBytes))
            {
                throw new ShardException("shard.too_large", $"{entry.Name} in {shard} is {entry.Length:N0} bytes; at most {MaxMemberBytes:N0} are read.");
            }

            if ((isImage && withImages) || entry.Name == ShardManifest.FileName)
            {
                yield return (entry.Name, Guarded(() => reader.Read(entry), shard, last));
            }

            if (entry.Name == ShardManifest.FileName)
            {
                yield break;
            }
        }

        throw Truncated(shard, last);
    }

    private static FileStream Open(string tarPath)
    {
        try
        {
            return new FileStream(tarPath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18, FileOptions.SequentialScan);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ShardException("shard.not_found", $"There is no shard {tarPath}.", absent);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ShardException("shard.unreadable", $"{tarPath} cannot be read: {refused.Message}", refused);
        }
    }

    private static T Guarded<T>(Func<T> read, string shard, string? last)
    {
        try
        {
            return read();
        }
        catch (EndOfStreamException end)
        {
            throw Truncated(shard, last, end);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            throw new ShardException("shard.malformed", $"{shard} is no tar{(last is null ? "" : $" after {last}")}: {broken.Message}", broken);
        }
    }

    private static ShardException Truncated(string shard, string? last, Exception? cause = null) =>
        new("shard.truncated", $"{shard} is cut short: it ends {(last is null ? "before its first image" : $"after {last}")}, without {ShardManifest.FileName}. Download or render it again.", cause);
}
