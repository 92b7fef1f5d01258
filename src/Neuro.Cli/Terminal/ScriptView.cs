using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Headless;

namespace Neuro.Cli.Terminal;

/// <summary>Shows a script's run as the script's own program would: what it prints, and each shown value as text; errors on the error stream.</summary>
/// <param name="output">Standard output.</param>
/// <param name="errors">Standard error.</param>
/// <param name="titles">Whether a line says which cell begins, and one how it ended.</param>
/// <param name="verbose">Whether an error's details are shown.</param>
internal sealed class ScriptView(TextWriter output, TextWriter errors, bool titles, bool verbose)
{
    /// <summary>The last text of what is still changing, shown once the cell has ended.</summary>
    private readonly Dictionary<string, string> changing = [];

    private bool inLine;

    public void Show(NotebookEvent happened)
    {
        switch (happened)
        {
            case CellStarted started when titles:
                Line($"── [{started.Number}/{started.Count}] {started.Title}");
                break;
            case CellShowed { Output: StreamOutput { IsError: false } stream }:
                output.Write(stream.Text);
                inLine = !stream.Text.EndsWith('\n');
                break;
            case CellShowed { Output: StreamOutput stream }:
                errors.Write(stream.Text);
                break;
            case CellShowed { Output: DisplayOutput display }:
                Value(display.Bundle);
                break;
            case CellShowed { Output: ResultOutput result }:
                Value(result.Bundle);
                break;
            case CellShowed { Output: DisplayUpdate update }:
                changing[update.Id] = update.Bundle.Text;
                break;
            case CellFinished { Result: var result }:
                Finish(result);
                break;
        }

        output.Flush();
    }

    private void Value(MimeBundle bundle)
    {
        if (bundle[MimeTypes.Progress] is null && bundle.Text.Length > 0)
        {
            Line(bundle.Text.TrimEnd('\n'));
        }
    }

    private void Finish(CellResult result)
    {
        changing.Values.ToList().ForEach(Line);
        changing.Clear();
        if (result.Error is { } error)
        {
            Line("");
            errors.WriteLine(Console.IsErrorRedirected ? error.Line : $"\e[31m{error.Line}\e[0m");
            error.Excerpt.ToList().ForEach(errors.WriteLine);
            errors.Write(verbose ? error.Details + "\n" : "");
        }
        else if (titles)
        {
            Line(FormattableString.Invariant($"   done {result.Elapsed.TotalSeconds:0.0} s"));
        }
    }

    private void Line(string text)
    {
        if (inLine)
        {
            output.WriteLine();
            inLine = false;
        }

        if (text.Length > 0)
        {
            output.WriteLine(text);
        }
    }
}
