using System.Collections.Concurrent;
using System.Data.Common;
using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Cluster;

/// <summary>What this replica alone may do while others run over the same PostgreSQL: match orders, keep time.</summary>
/// <remarks>
/// A lease is a row with an end by the database's clock. Who dies or hangs stops renewing, and another takes it with the next epoch. Time alone proves nothing (a process may sleep between
/// looking and writing), so whatever must not be done by two compares the epoch inside its own transaction. Over SQLite there is one process, which owns everything.
/// </remarks>
internal sealed class Leases(Database database, TimeProvider time, TimeSpan? term = null)
{
    /// <summary>A replica that was not heard of for this long has lost what it had.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(3);

    private readonly TimeSpan term = term ?? Term;

    // Marks where the database's own clock goes, in milliseconds.
    private static readonly Clock Now = new("(extract(epoch FROM clock_timestamp()) * 1000)::bigint");

    private readonly ConcurrentDictionary<string, Held> held = new(StringComparer.Ordinal);
    private volatile bool given;

    private sealed record Held(long Epoch, long RenewedAt);

    private sealed record Clock(string Sql);

    private Clock End() => new($"({Now.Sql} + {(long)term.TotalMilliseconds})");

    /// <summary>This run of this process.</summary>
    public Guid Replica { get; } = Guid.CreateVersion7();

    /// <summary>Where the other replicas reach this one; until it is set nothing is taken.</summary>
    public string? Url { get; set; }

    /// <summary>Whether there may be other replicas.</summary>
    public bool Shared => database.IsPostgres;

    /// <summary>Whether it is this replica's, by its own clock and on the safe side.</summary>
    public bool Owns(string name) => !Shared || (held.TryGetValue(name, out var lease) && time.GetElapsedTime(lease.RenewedAt) < term);

    /// <summary>The epoch under which this replica has it; 0 where nobody else can.</summary>
    public long Epoch(string name) => held.TryGetValue(name, out var lease) ? lease.Epoch : 0;

    /// <summary>Takes what is free. True when it is this replica's now.</summary>
    public async Task<bool> TakeAsync(string name, CancellationToken cancel)
    {
        if (Owns(name))
        {
            return true;
        }

        if (given || Url is not { } url)
        {
            return false;
        }

        var asked = time.GetTimestamp();
        var rows = await ReadAsync(
            $"""
            INSERT INTO leases AS was (name, owner, url, epoch, until) VALUES ({name}, {Replica}, {url}, 1, {End()})
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, url = excluded.url, epoch = was.epoch + 1, until = excluded.until
            WHERE was.until < {Now} RETURNING epoch
            """,
            row => row.GetInt64(0), cancel);
        if (rows is [var epoch])
        {
            held[name] = new(epoch, asked);
        }

        return rows.Count == 1;
    }

    /// <summary>Keeps what this replica has; what others took meanwhile is no longer its own. Returns what was lost.</summary>
    public async Task<IReadOnlyList<string>> RenewAsync(CancellationToken cancel)
    {
        if (given)
        {
            return [];
        }

        var asked = time.GetTimestamp();
        var kept = (await ReadAsync($"UPDATE leases SET until = {End()} WHERE owner = {Replica} RETURNING name, epoch", row => (Name: row.GetString(0), Epoch: row.GetInt64(1)), cancel))
            .ToDictionary(row => row.Name, row => row.Epoch, StringComparer.Ordinal);
        var lost = held.Where(mine => time.GetElapsedTime(mine.Value.RenewedAt, asked) > TimeSpan.Zero && kept.GetValueOrDefault(mine.Key) != mine.Value.Epoch).Select(mine => mine.Key).ToList();
        foreach (var name in lost)
        {
            held.TryRemove(name, out _);
        }

        foreach (var (name, epoch) in kept)
        {
            held[name] = new(epoch, asked);
        }

        return lost;
    }

    /// <summary>Gives all back, at the end: others need not wait until it runs out.</summary>
    public async Task GiveBackAsync(CancellationToken cancel)
    {
        given = true;
        held.Clear();
        if (!Shared)
        {
            return;
        }

        await ReadAsync($"UPDATE leases SET until = 0 WHERE owner = {Replica} RETURNING name", row => row.GetString(0), cancel);
    }

    /// <summary>Where the replica is that has it now; null when nobody has.</summary>
    public async Task<Uri?> OwnerAsync(string name, CancellationToken cancel)
    {
        var rows = await ReadAsync($"SELECT url FROM leases WHERE name = {name} AND until >= {Now} AND owner <> {Replica}", row => row.GetString(0), cancel);
        return rows is [var url] ? new Uri(url) : null;
    }

    /// <summary>That it is another replica's now.</summary>
    public static NeuroException Lost(string name) =>
        new("cluster.lost", $"Another replica of the platform has {name} now. Send the same request again in a second; it is done at most once.") { Status = 503 };

    private async Task<List<T>> ReadAsync<T>(FormattableString statement, Func<DbDataReader, T> read, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        var holes = new object[statement.ArgumentCount];
        for (var i = 0; i < holes.Length; i++)
        {
            if (statement.GetArgument(i) is Clock clock)
            {
                holes[i] = clock.Sql;
                continue;
            }

            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@p{i}", statement.GetArgument(i));
            command.Parameters.Add(parameter);
            holes[i] = parameter.ParameterName;
        }

        command.CommandText = string.Format(System.Globalization.CultureInfo.InvariantCulture, statement.Format, holes);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var all = new List<T>();
        while (await rows.ReadAsync(cancel))
        {
            all.Add(read(rows));
        }

        return all;
    }
}
