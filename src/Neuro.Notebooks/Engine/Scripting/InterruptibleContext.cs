using System.Diagnostics.CodeAnalysis;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>Runs a cell's code so that it can be stopped wherever it is: in a loop, a sleep, a wait or between two awaits.</summary>
/// <remarks>
/// Loops and methods of cells have checkpoints (see <see cref="Checkpoints"/>), waits are interrupted, and what would follow an await is dropped. The runtime's own way to abort code
/// (ControlledExecution) is not used: in a loop that allocates it ended the whole process in every one of twenty-four runs, after one abort on average (.NET 10.0, Linux), with everything the session holds.
/// What the code does first runs on a thread of its own, what follows an await on the thread pool: code that blocks on its own tasks does not lock itself out.
/// </remarks>
internal sealed class InterruptibleContext(Action<Exception> unhandled) : SynchronizationContext
{
    private static int interrupting;

    private readonly Lock gate = new();
    private readonly HashSet<Stay> running = [];
    private TaskCompletionSource? stopped;

    /// <summary>True while some cell is being stopped; all others pay one read for their checkpoints.</summary>
    public static bool AnyInterrupted => Volatile.Read(ref interrupting) > 0;

    /// <summary>Starts the code; the task ends with it, and never once it was interrupted.</summary>
    public Task StartAsync(Func<Task> code)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CellThread.Start(() => Run(_ => _ = ForwardAsync(code, done), null));
        return done.Task;
    }

    /// <summary>Stops what runs and drops what would follow; the task ends when no code of the cell runs any more.</summary>
    public Task InterruptAsync()
    {
        lock (gate)
        {
            if (stopped is null)
            {
                stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Interlocked.Increment(ref interrupting);
                new Thread(WakeUntilStopped) { IsBackground = true, Name = "cell interrupt" }.UnsafeStart();
            }

            return stopped.Task;
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => ThreadPool.UnsafeQueueUserWorkItem(_ => Run(d, state), null);

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    [SuppressMessage("Design", "CA1031", Justification = "An async void method of a cell must not take the process with it.")]
    private void Run(SendOrPostCallback code, object? state)
    {
        var stay = new Stay();
        lock (gate)
        {
            if (stopped is not null)
            {
                return;
            }

            running.Add(stay);
        }

        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            code(state);
        }
        catch (Exception) when (stopped is not null)
        {
        }
        catch (Exception thrown)
        {
            unhandled(thrown);
        }
        finally
        {
            SetSynchronizationContext(before);
            stay.End();
            lock (gate)
            {
                running.Remove(stay);
            }
        }
    }

    /// <summary>A loop may catch what wakes it and wait again, so it is woken until it has left.</summary>
    private void WakeUntilStopped()
    {
        for (var pause = 1; ; pause = Math.Min(2 * pause, 100))
        {
            List<Stay> still;
            lock (gate)
            {
                still = [.. running];
            }

            if (still.Count == 0)
            {
                Interlocked.Decrement(ref interrupting);
                stopped!.SetResult();
                return;
            }

            still.ForEach(stay => stay.Wake());
            Thread.Sleep(pause);
        }
    }

    private static async Task ForwardAsync(Func<Task> code, TaskCompletionSource done)
    {
        try
        {
            await code();
            done.TrySetResult();
        }
        catch (Exception thrown)
        {
            done.TrySetException(thrown);
        }
    }

    /// <summary>A thread's stay in a cell's code: it is woken from a wait while it lasts and never after.</summary>
    private sealed class Stay
    {
        private readonly Thread thread = Thread.CurrentThread;
        private int entered;
        private bool ended;
        private bool woken;

        public void Wake()
        {
            Enter();
            if (!ended && (thread.ThreadState & ThreadState.WaitSleepJoin) != 0)
            {
                woken = true;
                thread.Interrupt();
            }

            Exit();
        }

        public void End()
        {
            Enter();
            ended = true;
            Exit();
            if (!woken)
            {
                return;
            }

            try
            {
                // The thread has other work after this: an interrupt that came too late is taken back here.
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
            }
        }

        /// <summary>A lock would itself be a wait that an interrupt breaks.</summary>
        private void Enter()
        {
            var spin = default(SpinWait);
            while (Interlocked.CompareExchange(ref entered, 1, 0) != 0)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }

        private void Exit() => Volatile.Write(ref entered, 0);
    }
}
