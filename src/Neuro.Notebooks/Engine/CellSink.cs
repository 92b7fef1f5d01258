using System.Text;

namespace Neuro.Notebooks.Engine;

/// <summary>Takes what a cell shows, from any thread, and hands it on one at a time and in order.</summary>
/// <remarks>
/// Console text goes on in pieces, at once after a quiet while and then at most every twenty milliseconds or eight thousand characters, so that a loop that prints does not drown who listens.
/// What a task shows that outlives its cell still goes to that cell.
/// </remarks>
internal sealed class CellSink(Action<CellOutput> output, TimeProvider time)
{
    private const int MostCharacters = 10_000_000;
    private const int LongestPiece = 8192;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly StringBuilder waiting = new();
    private ITimer? timer;
    private long? sent;
    private bool waitingIsError;
    private volatile bool closed;
    private int written;

    public bool IsClosed => closed;

    public void Add(CellOutput shown)
    {
        lock (gate)
        {
            if (!closed)
            {
                SendWaiting();
                Send(shown);
            }
        }
    }

    /// <summary>Console text; after ten million characters the rest of the cell's text is dropped, with one line that says so.</summary>
    public void Write(bool isError, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            if (closed || text.IsEmpty || written > MostCharacters)
            {
                return;
            }

            if (isError != waitingIsError)
            {
                SendWaiting();
                waitingIsError = isError;
            }

            written += text.Length;
            waiting.Append(text);
            if (written > MostCharacters)
            {
                waiting.Append($"\n… cut off: a cell may write {MostCharacters} characters.\n");
            }

            if (waiting.Length > LongestPiece || (text.Contains('\n') && (sent is null || time.GetElapsedTime(sent.Value) >= Pause)))
            {
                SendWaiting();
            }
            else
            {
                timer ??= NewTimer();
            }
        }
    }

    /// <summary>Hands on what waits.</summary>
    public void Flush()
    {
        lock (gate)
        {
            SendWaiting();
        }
    }

    /// <summary>Takes no more: nobody hears a cell that was left behind.</summary>
    public void Close()
    {
        lock (gate)
        {
            SendWaiting();
            closed = true;
        }
    }

    private ITimer NewTimer()
    {
        // The timer belongs to the sink: the cell's own context, with all that it holds, does not travel with it.
        using (ExecutionContext.SuppressFlow())
        {
            return time.CreateTimer(_ => Flush(), null, Pause, Timeout.InfiniteTimeSpan);
        }
    }

    private void SendWaiting()
    {
        timer?.Dispose();
        timer = null;
        if (waiting.Length > 0 && !closed)
        {
            var text = waiting.ToString();
            waiting.Clear();
            sent = time.GetTimestamp();
            Send(new StreamOutput(waitingIsError, text));
        }
    }

    /// <summary>The listener is not part of the cell: what it prints itself goes to the real console.</summary>
    private void Send(CellOutput shown)
    {
        var run = CellRun.Current;
        CellRun.Current = null;
        try
        {
            output(shown);
        }
        finally
        {
            CellRun.Current = run;
        }
    }
}
