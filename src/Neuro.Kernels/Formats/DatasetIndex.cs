using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary><c>index.parquet</c>, a row an image, and <c>objects.parquet</c>, a row an instance, for whoever asks questions of a dataset; a row group a shard.</summary>
/// <remarks>They say nothing that the shards do not: when they disagree with them they are made again.</remarks>
internal sealed class DatasetIndex : IDisposable
{
    public const string ImagesFile = "index.parquet";
    public const string ObjectsFile = "objects.parquet";

    private readonly ParquetTable images;
    private readonly ParquetTable objects;
    private readonly ImageColumns imageColumns;
    private readonly ObjectColumns objectColumns;

    private DatasetIndex(string folder, ImageColumns imageColumns, ObjectColumns objectColumns)
    {
        (this.imageColumns, this.objectColumns) = (imageColumns, objectColumns);
        images = new ParquetTable(Path.Combine(folder, ImagesFile), imageColumns.All);
        try
        {
            objects = new ParquetTable(Path.Combine(folder, ObjectsFile), objectColumns.All);
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with the index of a folder if it agrees with its whole shards; else makes it again from them.</summary>
    /// <param name="folder">The dataset.</param>
    /// <param name="kinds">The members of an image.</param>
    /// <param name="shards">The whole shards there, in order.</param>
    public static DatasetIndex Open(string folder, IReadOnlyList<string> kinds, IReadOnlyList<ShardEntry> shards)
    {
        var (images, objects) = (new ImageColumns(kinds), new ObjectColumns());
        var agrees = shards.Count > 0
            && ParquetTable.Groups(Path.Combine(folder, ImagesFile), images.All) is { } imageRows && imageRows.SequenceEqual(shards.Select(shard => (long)shard.Count))
            && ParquetTable.Groups(Path.Combine(folder, ObjectsFile), objects.All) is { } objectRows && objectRows.SequenceEqual(shards.Select(shard => (long)shard.Objects));
        var index = new DatasetIndex(folder, images, objects);
        try
        {
            if (agrees)
            {
                index.images.CopyGroups();
                index.objects.CopyGroups();
            }
            else
            {
                index.AddShards(folder, shards);
            }

            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Where the images of a shard begin, by the index; none if it does not know.</summary>
    public static long[]? Starts(string folder, int number, ShardEntry shard)
    {
        try
        {
            var (indices, starts) = ParquetTable.Read<int, long>(Path.Combine(folder, ImagesFile), number, ImageColumns.Image, ImageColumns.Offset(ShardMember.Jpeg));
            return indices.SequenceEqual(Enumerable.Range(shard.First, shard.Count)) ? starts : null;
        }
        catch (Exception)
        {
            // Absent, cut off, damaged, of other columns: the shard itself is asked then.
            return null;
        }
    }

    public void Add(int shard, ImageLabels labels, IReadOnlyList<MemberPlace> places)
    {
        imageColumns.Add(shard, labels, places);
        objectColumns.Add(labels);
    }

    public void EndShard()
    {
        images.EndGroup();
        objects.EndGroup();
    }

    private void AddShards(string folder, IReadOnlyList<ShardEntry> shards)
    {
        for (var number = 0; number < shards.Count; number++)
        {
            foreach (var (labels, places) in ShardReader.Labels(Path.Combine(folder, shards[number].File)))
            {
                Add(number, labels, places);
            }

            EndShard();
        }
    }

    public void Complete()
    {
        images.Complete();
        objects.Complete();
    }

    public void Dispose()
    {
        images.Dispose();
        objects.Dispose();
    }
}
