using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

/// <summary>Shows how far long work on this machine is, in one place, until it ends; stopping the cell stops the work.</summary>
internal static class WorkBar
{
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromMilliseconds(250);

    /// <param name="work">Runs on another thread.</param>
    public static async Task<T> RunAsync<T>(string label, Func<IProgress<double>, CancellationToken, Task<T>> work, IMagicHost host, TimeProvider time)
    {
        var (share, began) = (new Share(), time.GetTimestamp());
        var shown = host.Display(new WorkProgress(label, 0, TimeSpan.Zero));
        var running = Task.Run(() => work(share, host.Cancellation));
        while (!host.Cancellation.IsCancellationRequested && await Task.WhenAny(running, Task.Delay(BetweenUpdates, time, host.Cancellation)) != running)
        {
            shown.Update(new WorkProgress(label, share.Value, time.GetElapsedTime(began)));
        }

        var made = await running;
        shown.Update(new WorkProgress(label, 1, time.GetElapsedTime(began)));
        return made;
    }

    /// <summary>The newest report, written by the work's thread and read by the cell's.</summary>
    private sealed class Share : IProgress<double>
    {
        private double value;

        public double Value => Volatile.Read(ref value);

        public void Report(double share) => Volatile.Write(ref value, share);
    }
}
