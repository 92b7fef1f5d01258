using System.Collections.Concurrent;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>A thread that runs the first stretch of cells, one after the other: a new one for each would take a fifth of the time of a short cell.</summary>
internal sealed class CellThread
{
    private static readonly ConcurrentBag<CellThread> Idle = [];

    private readonly SemaphoreSlim given = new(0);
    private Action? work;

    private CellThread() => new Thread(Loop) { IsBackground = true, Name = "cell" }.UnsafeStart();

    /// <summary>Starts work that throws nothing and takes back every interrupt before it ends; it may never end.</summary>
    public static void Start(Action work)
    {
        var thread = Idle.TryTake(out var idle) ? idle : new();
        thread.work = work;
        thread.given.Release();
    }

    private void Loop()
    {
        var fresh = ExecutionContext.Capture()!;
        while (true)
        {
            try
            {
                given.Wait();
                // In a context of its own: a culture that one cell sets is not the next one's.
                ExecutionContext.Run(fresh, _ => work!(), null);
                work = null; // What it held is free while the thread waits.
                Idle.Add(this);
            }
            catch (ThreadInterruptedException)
            {
                // By code that kept this thread in a variable.
            }
        }
    }
}
