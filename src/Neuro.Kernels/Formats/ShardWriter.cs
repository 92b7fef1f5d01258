using System.Formats.Tar;
using System.Security.Cryptography;

namespace Neuro.Kernels.Formats;

/// <summary>Writes a shard: a tar with <c>000012.jpg</c>, <c>.depth.png</c>, <c>.ids.png</c>, <c>.json</c> per image in order, then <c>coco.json</c> and <c>shard.json</c>.</summary>
/// <remarks>
/// It grows under a <c>.partial</c> name, is flushed to the disk and then renamed, so a tar of the final name is always whole; without <see cref="Complete"/> nothing is left.
/// Same images, same bytes: the tar holds no clock, user or machine.
/// </remarks>
internal sealed class ShardWriter : IDisposable
{
    private readonly string path;
    private readonly string partial;
    private readonly ShardContent content;
    private readonly CocoWriter coco = new();
    private readonly int[] histogram;
    private readonly FileStream file;
    private readonly TarWriter tar;
    private Audit audit = Audit.None;
    private int written;
    private bool completed;

    /// <exception cref="ShardException"><c>shard.unwritable</c>.</exception>
    public ShardWriter(string path, ShardContent content)
    {
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

    /// <summary>Appends the next image; images come in index order.</summary>
    /// <exception cref="ShardException"><c>shard.audit_failed</c>, <c>shard.disk_full</c>, <c>shard.unwritable</c>.</exception>
    public void Append(EncodedImage image)
    {
        var labels = image.Labels;
        if (labels.Index != content.First + written || written == content.Count)
        {
            throw new InvalidOperationException($"Image {labels.Index} cannot follow image {content.First + written - 1} of a shard from {content.First} of {content.Count}.");
        }

        if (image.Audit.Mismatches != 0)
        {
            throw new ShardException("shard.audit_failed", $"Image {labels.Index} cannot be written: {image.Audit.Mismatches} of its {labels.Instances.Count} labels are not what its id picture shows.");
        }

        var name = ShardMember.ImageName(labels.Index);
        Guarded(() =>
        {
            Write(name + ShardMember.Jpeg, image.Jpeg);
            Write(name + ShardMember.Depth, image.DepthPng);
            Write(name + ShardMember.Ids, image.IdsPng);
            Write(name + ShardMember.Labels, image.LabelsJson);
            return true;
        });
        coco.Append(labels, name + ShardMember.Jpeg);
        audit = audit.Plus(image.Audit);
        foreach (var instance in labels.Instances)
        {
            histogram[instance.ClassId]++;
        }

        written++;
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
            Write(CocoWriter.FileName, coco.Complete(content.Classes));
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

    private void Write(string name, byte[] bytes) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        ModificationTime = DateTimeOffset.UnixEpoch,
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        DataStream = new MemoryStream(bytes, writable: false),
    });

    private T Guarded<T>(Func<T> write)
    {
        // ENOSPC and ERROR_DISK_FULL, the two ways a runtime reports it.
        const int NoSpaceUnix = 28;
        const int NoSpaceWindows = 112;
        try
        {
            return write();
        }
        catch (IOException full) when ((full.HResult & 0xFFFF) is NoSpaceUnix or NoSpaceWindows)
        {
            throw new ShardException("shard.disk_full", $"{path} cannot be written: the disk is full. Free some space or choose another folder; nothing half-written is left.", full);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ShardException("shard.unwritable", $"{path} cannot be written: {refused.Message}", refused);
        }
    }
}
