using System.Runtime.ExceptionServices;

namespace Neuro.Kernels.Formats;

/// <summary>Work on many threads, results in order, and never more than two per thread in memory.</summary>
internal static class OrderedWork
{
    /// <summary>Runs <paramref name="make"/> for 0 … <paramref name="count"/> − 1 on <paramref name="threads"/> threads and hands each result in order to <paramref name="take"/> on the calling one.</summary>
    /// <remarks>The first failure, of either, ends it all and is thrown here once every thread has stopped.</remarks>
    public static void Run<T>(int count, int threads, Func<int, T> make, Action<T> take, CancellationToken cancel)
    {
        threads = Math.Clamp(threads, 1, Math.Max(1, count));
        var state = new State<T>(count, 2 * threads);
        using var stopOnCancel = cancel.UnsafeRegister(_ => state.Stop(new OperationCanceledException(cancel)), null);
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() => Work(state, make)) { IsBackground = true }).ToList();
        workers.ForEach(worker => worker.Start());
        try
        {
            for (var index = 0; index < count; index++)
            {
                take(state.Await(index));
                state.Free();
            }
        }
        catch (Exception failure)
        {
            state.Stop(failure);
            throw;
        }
        finally
        {
            workers.ForEach(worker => worker.Join());
        }
    }

    private static void Work<T>(State<T> state, Func<int, T> make)
    {
        try
        {
            while (state.TryBegin(out var index))
            {
                state.Add(index, make(index));
            }
        }
        catch (Exception failure)
        {
            state.Stop(failure);
        }
    }

    private sealed class State<T>(int count, int window)
    {
        private readonly Lock gate = new();
        private readonly Dictionary<int, T> done = [];
        private readonly SemaphoreSlim room = new(window);
        private readonly SemaphoreSlim news = new(0);
        private int begun;
        private Exception? failure;

        public bool TryBegin(out int index)
        {
            room.Wait();
            lock (gate)
            {
                index = begun;
                var go = failure is null && begun < count;
                begun += go ? 1 : 0;
                if (!go)
                {
                    // Let the next waiting thread find out too.
                    room.Release();
                }

                return go;
            }
        }

        public void Add(int index, T result)
        {
            lock (gate)
            {
                done.Add(index, result);
            }

            news.Release();
        }

        public T Await(int index)
        {
            while (true)
            {
                lock (gate)
                {
                    if (failure is not null)
                    {
                        ExceptionDispatchInfo.Throw(failure);
                    }

                    if (done.Remove(index, out var result))
                    {
                        return result;
                    }
                }

                news.Wait();
            }
        }

        public void Free() => room.Release();

        public void Stop(Exception reason)
        {
            lock (gate)
            {
                failure ??= reason;
            }

            room.Release();
            news.Release();
        }
    }
}
