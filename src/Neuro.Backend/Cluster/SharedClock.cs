using Neuro.Backend.Storage;

namespace Neuro.Backend.Cluster;

/// <summary>The machine's clock, set by the database's: replicas whose clocks differ must agree when a lease of a shard is over.</summary>
internal sealed class SharedClock(TimeProvider machine) : TimeProvider
{
    private long aheadTicks;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref aheadTicks));

    /// <summary>Goes by the database's clock from now on, to within half a round trip. To be asked again now and then: clocks drift.</summary>
    public async Task FollowAsync(Database database, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT clock_timestamp()";
        var before = machine.GetUtcNow();
        var there = (DateTime)(await ask.ExecuteScalarAsync(cancel))!;
        var trip = machine.GetUtcNow() - before;
        Interlocked.Exchange(ref aheadTicks, (new DateTimeOffset(there, TimeSpan.Zero) - before - (trip / 2)).Ticks);
    }
}
