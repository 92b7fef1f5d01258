using Neuro.Client.Api;

namespace Neuro.Notebooks.Engine;

/// <summary>Stands in for <see cref="Console.In"/>: what a cell reads is asked of whoever runs it, what others read comes from the real console.</summary>
internal sealed class CellInput(TextReader real) : TextReader
{
    private static readonly Lock Gate = new();
    private static TextReader? ours;
    private string line = "";
    private int at;

    /// <summary>Puts the reader in place; again when somebody else has set another since.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (!ReferenceEquals(Console.In, ours))
            {
                Console.SetIn(new CellInput(Console.In));
                ours = Console.In;
            }
        }
    }

    /// <exception cref="NeuroException"><c>cell.no_input</c>.</exception>
    public static string? Ask(InputRequest request) =>
        AskAsync(request, CellRun.Current ?? throw new InvalidOperationException("input() was called outside a running cell.")).GetAwaiter().GetResult();

    /// <exception cref="NeuroException"><c>cell.no_input</c>.</exception>
    public static Task<string?> AskAsync(InputRequest request, CellRun run)
    {
        var ask = run.Options.Input ?? throw new NeuroException(
            "cell.no_input", $"The cell asks for input{(request.Prompt.Length > 0 ? $" ('{request.Prompt}')" : "")}, but nobody is there to answer.\nGive the value as a variable or a parameter instead.");
        run.Sink.Flush();
        return Task.Run(() => ask(request, run.Cancellation)).WaitAsync(run.Cancellation);
    }

    public override string? ReadLine()
    {
        if (CellRun.Current is null)
        {
            return real.ReadLine();
        }

        if (at < line.Length)
        {
            var rest = line[at..].TrimEnd('\n');
            at = line.Length;
            return rest;
        }

        return Ask(new("", Password: false));
    }

    public override int Read()
    {
        var next = Peek();
        at += next >= 0 && CellRun.Current is not null ? 1 : 0;
        return CellRun.Current is null ? real.Read() : next;
    }

    public override int Peek()
    {
        if (CellRun.Current is null)
        {
            return real.Peek();
        }

        if (at == line.Length)
        {
            (line, at) = (Ask(new("", Password: false)) is { } answer ? answer + "\n" : "", 0);
        }

        return at < line.Length ? line[at] : -1;
    }
}
