using Neuro.Backend.Cluster;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Tests.Exchange;

/// <summary>A replica's leases, renewed until it is disposed.</summary>
internal sealed class TestLeases : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new(); // Never used with a timer, so nothing has to be disposed.
    private readonly Task renewing;

    private TestLeases(Database database, TimeSpan term)
    {
        Leases = new(database, TimeProvider.System, term) { Url = "http://127.0.0.1:9/" };
        renewing = Leases.Shared ? RenewAsync() : Task.CompletedTask;
    }

    public Leases Leases { get; }

    /// <summary>Waits until a lease is this replica's; its last owner may have been killed.</summary>
    /// <param name="term">Long unless given: no test is to lose a book because its machine is busy.</param>
    public static async Task<TestLeases> TakeAsync(Database database, string name, TimeSpan? term = null)
    {
        var taken = new TestLeases(database, term ?? TimeSpan.FromMinutes(1));
        while (!await taken.Leases.TakeAsync(name, CancellationToken.None))
        {
            await Task.Delay(50, CancellationToken.None);
        }

        return taken;
    }

    /// <summary>Also twice.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await renewing;
        await Leases.GiveBackAsync(CancellationToken.None);
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Leases.Term / 6);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                await Leases.RenewAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
