using System.Text;

namespace Neuro.Notebooks.Engine;

/// <summary>Stands in for <see cref="Console.Out"/> and <see cref="Console.Error"/>: what a cell writes goes to its outputs, what others write goes on to the real console.</summary>
internal sealed class CellConsole(TextWriter real, bool isError) : TextWriter
{
    private static readonly Lock Gate = new();
    private static TextWriter? ourOut;
    private static TextWriter? ourError;

    public override Encoding Encoding => real.Encoding;

    /// <summary>Puts the writers in place; again when somebody else has set others since.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (!ReferenceEquals(Console.Out, ourOut))
            {
                Console.SetOut(new CellConsole(Console.Out, isError: false));
                ourOut = Console.Out;
            }

            if (!ReferenceEquals(Console.Error, ourError))
            {
                Console.SetError(new CellConsole(Console.Error, isError: true));
                ourError = Console.Error;
            }
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine() => Write("\n");

    public override void Write(ReadOnlySpan<char> text)
    {
        if (CellRun.Current is { } run)
        {
            run.Sink.Write(isError, text);
        }
        else
        {
            real.Write(text);
        }
    }

    public override void Flush() => real.Flush();
}
