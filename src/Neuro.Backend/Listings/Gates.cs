namespace Neuro.Backend.Listings;

/// <summary>Lets one caller at a time at a thing. Things share a fixed number of gates by their id, so nobody enters two at once.</summary>
/// <remarks>It keeps callers from running into one another; what must hold is checked by the database as well.</remarks>
internal sealed class Gates : IDisposable
{
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Dispose what comes back to leave again.</summary>
    public async Task<IDisposable> EnterAsync(Guid id, CancellationToken cancel)
    {
        var gate = gates[(id.GetHashCode() & int.MaxValue) % gates.Length];
        await gate.WaitAsync(cancel);
        return new Inside(gate);
    }

    public void Dispose() => Array.ForEach(gates, gate => gate.Dispose());

    private sealed class Inside(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
