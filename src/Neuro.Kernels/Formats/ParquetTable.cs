using Parquet;
using Parquet.Schema;

namespace Neuro.Kernels.Formats;

/// <summary>A column that fills up until its rows are written as one group.</summary>
internal abstract class ParquetColumn(DataField definition)
{
    public DataField Field => definition;

    /// <summary>Writes what is in it and empties it.</summary>
    public abstract Task FlushAsync(ParquetRowGroupWriter group);

    /// <summary>Takes the values of a written group.</summary>
    public abstract Task LoadAsync(ParquetRowGroupReader group, DataField written);
}

/// <summary>A column of numbers.</summary>
internal sealed class NumberColumn<T>(string name) : ParquetColumn(new DataField<T>(name))
    where T : struct
{
    private readonly List<T> values = [];

    public void Add(T value) => values.Add(value);

    public override async Task FlushAsync(ParquetRowGroupWriter group)
    {
        await group.WriteAsync<T>(Field, values.ToArray());
        values.Clear();
    }

    public override async Task LoadAsync(ParquetRowGroupReader group, DataField written)
    {
        var loaded = new T[group.RowCount];
        await group.ReadAsync<T>(written, loaded);
        values.AddRange(loaded);
    }
}

/// <summary>A column of text.</summary>
internal sealed class TextColumn(string name) : ParquetColumn(new DataField(name, typeof(string), isNullable: false))
{
    private readonly List<string> values = [];

    public void Add(string value) => values.Add(value);

    public override async Task FlushAsync(ParquetRowGroupWriter group)
    {
        await group.WriteAsync(Field, values);
        values.Clear();
    }

    public override async Task LoadAsync(ParquetRowGroupReader group, DataField written)
    {
        var loaded = new string[group.RowCount];
        await group.ReadAsync(written, loaded);
        values.AddRange(loaded);
    }
}

/// <summary>A Parquet file that grows by one row group at a time; only the group being filled is in memory.</summary>
/// <remarks>Format: parquet.apache.org. It grows under a <c>.partial</c> name and takes its own when it is completed, so a file of that name has its footer.</remarks>
internal sealed class ParquetTable : IDisposable
{
    private readonly string path;
    private readonly IReadOnlyList<ParquetColumn> columns;
    private readonly FileStream file;
    private readonly ParquetWriter writer;
    private bool ended;

    /// <summary>Starts a new file; one of that name stays until this is completed.</summary>
    public ParquetTable(string path, IReadOnlyList<ParquetColumn> columns)
    {
        this.path = path;
        this.columns = columns;
        // Without a buffer nothing is left to be written, and to fail, when it is closed.
        file = new FileStream(path + ".partial", FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        writer = ParquetWriter.CreateAsync(Schema(columns), file).GetAwaiter().GetResult();
    }

    /// <summary>Rows of each group, or none if the file is absent, cut off, damaged or of other columns.</summary>
    public static IReadOnlyList<long>? Groups(string path, IReadOnlyList<ParquetColumn> columns)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return ReadGroupsAsync(path, Schema(columns)).GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // A damaged file makes the reader throw anything; whatever it is, there is no table.
            return null;
        }
    }

    /// <summary>Two columns of one group.</summary>
    public static (TFirst[] First, TSecond[] Second) Read<TFirst, TSecond>(string path, int group, string first, string second)
        where TFirst : struct
        where TSecond : struct => ReadAsync<TFirst, TSecond>(path, group, first, second).GetAwaiter().GetResult();

    /// <summary>Writes the columns as a row group.</summary>
    public void EndGroup()
    {
        // Half a group is none: should a column fail, the file is given up.
        ended = true;
        WriteGroupAsync().GetAwaiter().GetResult();
        ended = false;
    }

    /// <summary>Takes over the row groups of the completed file of this name.</summary>
    /// <remarks>The package can append to a file, but then counts only the new rows in its footer (Parquet.Net 6.1.0).</remarks>
    public void CopyGroups() => CopyGroupsAsync().GetAwaiter().GetResult();

    /// <summary>Writes the footer, flushes to the disk, gives the file its name.</summary>
    public void Complete()
    {
        ended = true;
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(path + ".partial", path, overwrite: true);
    }

    /// <summary>Completes the file with the groups that are whole, or leaves none if that is no longer possible.</summary>
    public void Dispose()
    {
        try
        {
            if (!ended)
            {
                Complete();
            }
        }
        catch (IOException)
        {
            // A full disk; there is an index again after the next run.
        }
        finally
        {
            file.Dispose();
            File.Delete(path + ".partial");
        }
    }

    private async Task WriteGroupAsync()
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in columns)
        {
            await column.FlushAsync(group);
        }
    }

    private async Task CopyGroupsAsync()
    {
        await using var reader = await ParquetReader.CreateAsync(path);
        for (var number = 0; number < reader.RowGroupCount; number++)
        {
            using var group = reader.OpenRowGroupReader(number);
            foreach (var column in columns)
            {
                await column.LoadAsync(group, reader.Schema.FindDataField(column.Field.Name));
            }

            EndGroup();
        }
    }

    private static ParquetSchema Schema(IReadOnlyList<ParquetColumn> columns) => new(columns.Select(column => (Field)column.Field));

    private static async Task<IReadOnlyList<long>?> ReadGroupsAsync(string path, ParquetSchema schema)
    {
        await using var reader = await ParquetReader.CreateAsync(path);
        return reader.Schema.Equals(schema) ? [.. reader.RowGroups.Select(group => group.RowCount)] : null;
    }

    private static async Task<(TFirst[], TSecond[])> ReadAsync<TFirst, TSecond>(string path, int group, string first, string second)
        where TFirst : struct
        where TSecond : struct
    {
        await using var reader = await ParquetReader.CreateAsync(path);
        using var rows = reader.OpenRowGroupReader(group);
        var (one, other) = (new TFirst[rows.RowCount], new TSecond[rows.RowCount]);
        await rows.ReadAsync<TFirst>(reader.Schema.FindDataField(first), one);
        await rows.ReadAsync<TSecond>(reader.Schema.FindDataField(second), other);
        return (one, other);
    }
}
