using System.Formats.Tar;
using System.Security.Cryptography;

namespace Neuro.Kernels.Formats;

/// <summary>Writes a shard: a tar with <c>000012.jpg</c>, <c>.depth.png</c>, <c>.ids.png</c>, optional pixel maps and <c>.json</c> per image in order, then <c>coco.json</c> and <c>shard.json</c>.</summary>
/// <remarks>
/// It grows under a <c>.partial</c> name, is flushed to the disk and then renamed, so a tar of the final name is always whole; without <see cref="Complete"/> nothing is left.
/// Same images, same bytes: the tar holds no clock, user or machine.
/// </remarks>
internal sealed class ShardWriter : IDisposable
{
    private readonly string path;
    private readonly string partial;
    private readonly ShardContent content;
    private readonly MemoryStream document;
    private readonly CocoWriter coco;
    private readonly int[] histogram;
    private readonly FileStream file;
    private readonly TarWriter tar;
    private Audit audit = Audit.None;
    private int written;
    private bool completed;

    /// <param name="path">The file to write.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="room">Where the shard's COCO document grows; whoever writes many shards gives the same to each.</param>
    /// <exception cref="ShardException"><c>shard.unwritable</c>.</exception>
    public ShardWriter(string path, ShardContent content, MemoryStream? room = null)
    {
        document = room ?? new MemoryStream();
        document.SetLength(0);
        coco = new CocoWriter(document);
        this.path = path;
        this.content = content;
        partial = path + ".partial";
        histogram = new int[content.Classes.Count];
        file = Guarded(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 18);
        });
        tar = new TarWriter(file, TarEntryFormat.Ustar, leaveOpen: true);
    }

    /// <summary>Appends the next image, images come in index order; where its files lie in the tar.</summary>
    /// <exception cref="ShardException"><c>shard.audit_failed</c>, <c>shard.disk_full</c>, <c>shard.unwritable</c>.</exception>
    public IReadOnlyList<MemberPlace> Append(EncodedImage image)
    {
        var labels = image.Labels;
        if (labels.Index != content.First + written || written == content.Count)
        {
            throw new InvalidOperationException($"Image {labels.Index} cannot follow image {content.First + written - 1} of a shard from {content.First} of {content.Count}.");
        }

        var wrong = image.Audit.Mismatches + labels.Instances.Count(one => one.ClassId >= histogram.Length);
        if (wrong != 0 || image.Audit.Boxes != labels.Instances.Count)
        {
            throw new ShardException("shard.audit_failed", $"Image {labels.Index} cannot be written: {wrong} of its {labels.Instances.Count} labels are not what its id picture shows; it shows {image.Audit.Boxes} instances.");
        }

        var name = ShardMember.ImageName(labels.Index);
        var places = Guarded(() => image.Members.Select(member => new MemberPlace(member.Kind, Write(name + member.Kind, member.Bytes), member.Bytes.Length)).ToList());
        coco.Append(labels, name + ShardMember.Jpeg);
        audit = audit.Plus(image.Audit);
        foreach (var instance in labels.Instances)
        {
            histogram[instance.ClassId]++;
        }

        written++;
        return places;
    }

    /// <summary>Writes the ends, flushes to the disk, gives the file its name.</summary>
    /// <exception cref="ShardException"><c>shard.disk_full</c>, <c>shard.unwritable</c>.</exception>
    public ShardSummary Complete()
    {
        if (written != content.Count)
        {
            throw new InvalidOperationException($"The shard holds {written} of {content.Count} images.");
        }

        var manifest = new ShardManifest(content, histogram.Sum(), histogram, audit);
        return Guarded(() =>
        {
            coco.Complete(content.Classes);
            document.Position = 0;
            Write(CocoWriter.FileName, document);
            Write(ShardManifest.FileName, manifest.ToJson());
            tar.Dispose();
            file.Flush(flushToDisk: true);
            file.Position = 0;
            var (bytes, hash) = (file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
            file.Dispose();
            File.Move(partial, path, overwrite: true);
            completed = true;
            return new ShardSummary(content.RecipeHash, content.Seed, content.First, content.Count, manifest.Objects, histogram, audit, bytes, hash);
        });
    }

    public void Dispose()
    {
        coco.Dispose();
        if (completed)
        {
            return;
        }

        try
        {
            // Both flush what is buffered, which fails again on a full disk; the file is given up anyway.
            tar.Dispose();
            file.Dispose();
        }
        catch (IOException)
        {
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Writes a member; where its content begins.</summary>
    private long Write(string name, byte[] bytes) => Write(name, new MemoryStream(bytes, writable: false));

    private long Write(string name, Stream bytes)
    {
        const int Header = 512;
        var offset = file.Position + Header;
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            DataStream = bytes,
        });
        return offset;
    }

    private T Guarded<T>(Func<T> write) => Disk.Write(path, write);
}
