using System.Text;

namespace Neuro.Notebooks.Engine;

/// <summary>Takes what a cell shows, from any thread, and hands it on one at a time and in order; console text goes on by lines.</summary>
internal sealed class CellSink(Action<CellOutput> output)
{
    private const int MostCharacters = 10_000_000;
    private const int LongestPiece = 8192;

    private readonly Lock gate = new();
    private readonly StringBuilder waiting = new();
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

            if (text.Contains('\n') || waiting.Length > LongestPiece)
            {
                SendWaiting();
            }
        }
    }

    /// <summary>Hands on what waits for the end of its line.</summary>
    public void Flush()
    {
        lock (gate)
        {
            SendWaiting();
        }
    }

    /// <summary>Hands on what waits and takes no more: a task that the cell left behind is not heard.</summary>
    public void Close()
    {
        lock (gate)
        {
            SendWaiting();
            closed = true;
        }
    }

    private void SendWaiting()
    {
        if (waiting.Length > 0)
        {
            var text = waiting.ToString();
            waiting.Clear();
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
