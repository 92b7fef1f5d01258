namespace Neuro.Interactive.Magics;

/// <summary>Follows something on its way through the chain, which takes its time and does not need anybody to look.</summary>
internal static class ChainWork
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <param name="look">What there is of it now; null while the platform has not seen it.</param>
    /// <param name="isOver">Whether there is nothing more to wait for.</param>
    /// <param name="seen">Told each change.</param>
    /// <param name="goesOn">What is said to whoever stops looking.</param>
    public static async Task FollowAsync<T>(IMagicHost host, TimeProvider time, IDisplayHandle shown, Func<Task<T?>> look, Func<T, bool> isOver, Action<T> seen, string goesOn)
        where T : class
    {
        try
        {
            for (T? last = null; ; await Task.Delay(BetweenLooks, time, host.Cancellation))
            {
                if (await look() is not { } now || now.Equals(last))
                {
                    continue;
                }

                shown.Update(last = now);
                seen(now);
                if (isOver(now))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (host.Cancellation.IsCancellationRequested)
        {
            host.Display($"Stopped looking; {goesOn}.");
            throw;
        }
    }
}
