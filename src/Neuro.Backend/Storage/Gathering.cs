using Neuro.Client.Api;

namespace Neuro.Backend.Storage;

/// <summary>Does together what is asked for meanwhile: one transaction, and so one wait for the disk, for all who came while the last one was under way.</summary>
/// <param name="work">Does some and answers each, in order. When it fails, each is tried alone, so that only those are told that fail; unless the database or its disk is away.</param>
/// <param name="most">So many at a time.</param>
internal sealed class Gathering<TItem, TResult>(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> work, int most = 256)
{
    private const int MostWaiting = 100_000;
    private readonly Lock asking = new();
    private readonly Queue<Asked> waiting = new();
    private bool working;

    private sealed record Asked(TItem Item, ExecutionContext? Context, TaskCompletionSource<TResult> Answer);

    /// <summary>What came of it. Whoever stops waiting does not stop it.</summary>
    /// <exception cref="NeuroException"><c>database.busy</c> (503)</exception>
    public Task<TResult> AddAsync(TItem item, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (asking)
        {
            if (waiting.Count == MostWaiting)
            {
                throw new NeuroException("database.busy", "More is being written than the database can take. Try again in a second.") { Status = 503 };
            }

            waiting.Enqueue(new(item, ExecutionContext.Capture(), answer));
            if (!working)
            {
                working = true;
                _ = Task.Run(WorkAsync, CancellationToken.None);
            }
        }

        return answer.Task.WaitAsync(cancel);
    }

    private async Task WorkAsync()
    {
        while (Next() is { Count: > 0 } some)
        {
            await DoAsync(some);
        }
    }

    private async Task DoAsync(List<Asked> some)
    {
        // Its trace belongs to the first of those who asked for it, not to whoever asked when nothing was under way.
        if (some[0].Context is { } context)
        {
            ExecutionContext.Restore(context);
        }

        try
        {
            var results = await work(some.ConvertAll(one => one.Item));
            for (var i = 0; i < some.Count; i++)
            {
                some[i].Answer.SetResult(results[i]);
            }
        }
        catch (Exception failure) when (some.Count > 1 && (failure is NeuroException || Failures.Describe(failure) is null))
        {
            foreach (var one in some)
            {
                await DoAsync([one]);
            }
        }
        catch (Exception failure)
        {
            some.ForEach(one => one.Answer.TrySetException(failure));
        }
    }

    private List<Asked> Next()
    {
        lock (asking)
        {
            var some = new List<Asked>(Math.Min(most, waiting.Count));
            while (some.Count < most && waiting.TryDequeue(out var one))
            {
                some.Add(one);
            }

            working = some.Count > 0;
            return some;
        }
    }
}
