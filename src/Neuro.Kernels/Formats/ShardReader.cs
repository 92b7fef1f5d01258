using System.Formats.Tar;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>Where a member's content lies in its tar.</summary>
/// <param name="Kind">What its name ends in, such as <c>.depth.png</c>.</param>
/// <param name="Offset">Bytes from the tar's beginning.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct MemberPlace(string Kind, long Offset, int Length);

/// <summary>Reads shards as a stream. A shard may come from a stranger: names, order, sizes and content are checked.</summary>
/// <remarks>An image is its colours, depth and ids, any of the optional maps (the same in every image of a shard), and its labels, which end it.</remarks>
public sealed class ShardReader
{
    private const long MaxPictureBytes = 256L << 20;
    private const long MaxTextBytes = 64L << 20;
    private const long MaxCocoBytes = 4L << 30;
    private const int HeaderBytes = 512;

    private ShardReader()
    {
    }

    private readonly record struct Member(string Name, string Kind, long Offset, byte[] Bytes, int Length);

    /// <summary>The images in order, one in memory at a time; a shard without its end raises an error after its last whole image.</summary>
    /// <exception cref="ShardException"><c>shard.not_found</c>, <c>.truncated</c>, <c>.malformed</c>, <c>.unexpected_member</c>, <c>.too_large</c>, <c>.unreadable</c>.</exception>
    public static IEnumerable<ShardImage> Read(string tarPath) =>
        Groups(tarPath, 0, _ => true).Select(image => ToImage(image.Index, image.Members, Path.GetFileName(tarPath)));

    /// <summary>The labels and the places of the files of every image; pictures are skipped, not read.</summary>
    /// <exception cref="ShardException">As <see cref="Read"/>.</exception>
    internal static IEnumerable<(ImageLabels Labels, IReadOnlyList<MemberPlace> Places)> Labels(string tarPath) =>
        Groups(tarPath, 0, kind => kind == ShardMember.Labels).Select(image => (
            ToLabels(image.Index, image.Members, Path.GetFileName(tarPath)),
            (IReadOnlyList<MemberPlace>)[.. image.Members.Values.Select(member => new MemberPlace(member.Kind, member.Offset, member.Length))]));

    /// <summary>One image whose first member's content begins at a place known from an index.</summary>
    /// <exception cref="ShardException"><c>shard.malformed</c>: that image is not there; or as <see cref="Read"/>.</exception>
    internal static ShardImage At(string tarPath, int index, long offset)
    {
        var shard = Path.GetFileName(tarPath);
        var (found, members) = Groups(tarPath, Math.Max(0, offset - HeaderBytes), _ => true).First();
        return found == index ? ToImage(index, members, shard) : throw new ShardException("shard.malformed", $"{shard} holds image {found} where image {index} was to be.");
    }

    /// <summary>What <c>shard.json</c> at the end says; the images are skipped, not read.</summary>
    internal static ShardManifest Manifest(string tarPath) =>
        ShardManifest.Parse(Members(tarPath, 0, _ => false).Single(member => member.Name == ShardManifest.FileName).Bytes, Path.GetFileName(tarPath));

    /// <summary>The members of one image after another from a place on; at the shard's end what <c>shard.json</c> says is checked against what was there.</summary>
    private static IEnumerable<(int Index, Dictionary<string, Member> Members)> Groups(string tarPath, long start, Func<string, bool> wanted)
    {
        var shard = Path.GetFileName(tarPath);
        var members = new Dictionary<string, Member>();
        IReadOnlyCollection<string>? kinds = null;
        var (images, next) = (0, -1);
        foreach (var member in Members(tarPath, start, wanted))
        {
            if (member.Name == ShardManifest.FileName)
            {
                var content = ShardManifest.Parse(member.Bytes, shard).Content;
                if (images != content.Count || next != content.First + content.Count || members.Count > 0)
                {
                    throw new ShardException("shard.malformed", $"{shard} says that it holds {content.Count} images from {content.First}; it holds {images} up to {next - 1}.");
                }
            }
            else if (ShardMember.TryParse(member.Name, out var index, out var kind))
            {
                next = next < 0 ? index : next;
                if (index != next || !members.TryAdd(kind, member))
                {
                    throw new ShardException("shard.malformed", index == next ? $"{shard} holds {member.Name} twice." : $"{shard} holds {member.Name} where image {next} was to go on.");
                }

                if (kind == ShardMember.Labels)
                {
                    kinds ??= [.. members.Keys];
                    CheckKinds(members, kinds, index, shard);
                    yield return (index, members);
                    members = [];
                    (images, next) = (images + 1, next + 1);
                }
            }
        }
    }

    private static void CheckKinds(Dictionary<string, Member> members, IReadOnlyCollection<string> kinds, int index, string shard)
    {
        var missing = ((IEnumerable<string>)[ShardMember.Jpeg, ShardMember.Depth, ShardMember.Ids, .. kinds]).FirstOrDefault(kind => !members.ContainsKey(kind));
        if (missing is not null || members.Count != kinds.Count)
        {
            throw new ShardException("shard.malformed", missing is not null
                ? $"{shard} holds no {ShardMember.ImageName(index)}{missing}."
                : $"{shard} holds other files of image {index} than of the images before it.");
        }
    }

    private static ShardImage ToImage(int index, Dictionary<string, Member> members, string shard) => new(
        index,
        members[ShardMember.Jpeg].Bytes,
        members[ShardMember.Depth].Bytes,
        members[ShardMember.Ids].Bytes,
        PixelMaps.Optional.Where(map => members.ContainsKey(ShardMember.OfMap(map))).ToDictionary(map => map, map => members[ShardMember.OfMap(map)].Bytes),
        ToLabels(index, members, shard));

    private static ImageLabels ToLabels(int index, Dictionary<string, Member> members, string shard)
    {
        var member = members[ShardMember.Labels];
        var labels = LabelsJson.Parse(member.Bytes, $"{member.Name} in {shard}");
        return labels.Index == index ? labels : throw new ShardException("shard.malformed", $"{member.Name} in {shard} holds the labels of image {labels.Index}.");
    }

    /// <summary>Every member we know, up to and with <c>shard.json</c>; anything else is an error. What is not wanted comes without its bytes.</summary>
    private static IEnumerable<Member> Members(string tarPath, long start, Func<string, bool> wanted)
    {
        var shard = Path.GetFileName(tarPath);
        using var file = Open(tarPath);
        var reader = new TarStream(file, start);
        string? last = null;
        while (Guarded(reader.Next, shard, last) is { } entry)
        {
            last = entry.Name;
            var isImage = ShardMember.TryParse(entry.Name, out _, out var kind);
            if (entry.Type is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !(isImage || entry.Name is CocoWriter.FileName or ShardManifest.FileName))
            {
                throw new ShardException("shard.unexpected_member", $"{shard} holds '{entry.Name}' ({entry.Type}); a shard holds numbered images, {CocoWriter.FileName} and {ShardManifest.FileName} only.");
            }

            if (entry.Length > MostBytes(entry.Name, kind))
            {
                throw new ShardException("shard.too_large", $"{entry.Name} in {shard} is {entry.Length:N0} bytes; at most {MostBytes(entry.Name, kind):N0} are read.");
            }

            if (isImage || entry.Name == ShardManifest.FileName)
            {
                var bytes = !isImage || wanted(kind) ? Guarded(() => reader.Read(entry), shard, last) : [];
                yield return new Member(entry.Name, kind, entry.Offset, bytes, (int)entry.Length);
            }

            if (entry.Name == ShardManifest.FileName)
            {
                yield break;
            }
        }

        throw Truncated(shard, last);
    }

    private static long MostBytes(string name, string kind) =>
        name == CocoWriter.FileName ? MaxCocoBytes : name == ShardManifest.FileName || kind == ShardMember.Labels ? MaxTextBytes : MaxPictureBytes;

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
