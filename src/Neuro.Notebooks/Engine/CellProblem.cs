using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Neuro.Notebooks.Engine.Scripting;

namespace Neuro.Notebooks.Engine;

/// <summary>The compiler refused the cell.</summary>
internal sealed class CompileException(IReadOnlyList<Diagnostic> errors) : Exception(errors[0].GetMessage())
{
    public IReadOnlyList<Diagnostic> Errors { get; } = errors;
}

/// <summary>Says what went wrong in a cell: where in the cell, and nothing about the machinery beneath it.</summary>
internal static class CellProblem
{
    private const int MostErrors = 3;

    public static CellError Describe(Exception thrown, CellRun run) => Describe(thrown, run.Path, run.Cancellation.IsCancellationRequested);

    public static CellError Describe(Exception thrown, string path = "", bool interrupted = false) => Unwrap(thrown) switch
    {
        CompileException refused => OfCompiler(refused),
        OperationCanceledException when interrupted => new("Interrupted", "The cell was interrupted.", "The cell was interrupted.", [], DetailsOf(thrown)),
        AggregateException { InnerExceptions.Count: > 1 } several => Several(several, path, interrupted),
        var problem when Said(() => problem.GetType().GetProperty("Code")?.GetValue(problem) as string) is { } code => Coded(problem, code),
        var problem => OfCode(problem, path),
    };

    private static CellError OfCompiler(CompileException refused)
    {
        var first = refused.Errors[0];
        var message = $"{first.GetMessage()}{Where(first)}";
        var excerpt = Excerpt(first).Concat(refused.Errors.Skip(1).Take(MostErrors - 1).SelectMany(error => Excerpt(error).Prepend($"{error.Id}: {error.GetMessage()}{Where(error)}")));
        var more = refused.Errors.Count > MostErrors ? [$"and {refused.Errors.Count - MostErrors} more"] : Array.Empty<string>();
        return new(first.Id, message, $"{first.Id}: {message}", [.. excerpt, .. more], string.Join('\n', refused.Errors));
    }

    /// <summary>Our own errors say what to do; the first line is the error, further lines the way out.</summary>
    private static CellError Coded(Exception problem, string code)
    {
        var lines = MessageOf(problem).Split('\n');
        return new(code, lines[0], $"{lines[0]} ({code})", lines[1..], DetailsOf(problem));
    }

    private static CellError Several(AggregateException several, string path, bool interrupted)
    {
        var message = $"{several.InnerExceptions.Count} errors{Where(several, path)}";
        var first = several.InnerExceptions.Take(MostErrors).Select(inner => Describe(inner, path, interrupted).Line);
        var more = several.InnerExceptions.Count > MostErrors ? [$"and {several.InnerExceptions.Count - MostErrors} more"] : Array.Empty<string>();
        return new(nameof(AggregateException), message, $"{nameof(AggregateException)}: {message}", [.. first, .. more], DetailsOf(several));
    }

    private static CellError OfCode(Exception problem, string path)
    {
        var lines = MessageOf(problem).ReplaceLineEndings("\n").Split('\n');
        var message = $"{lines[0]}{Where(problem, path)}";
        return new(problem.GetType().Name, message, $"{problem.GetType().Name}: {message}", lines[1..], DetailsOf(problem));
    }

    private static string MessageOf(Exception problem) => Said(() => problem.Message) ?? "(its Message throws)";

    private static string DetailsOf(Exception problem) => Said(problem.ToString) ?? $"{problem.GetType()} (its ToString throws)\n{problem.StackTrace}";

    /// <summary>What an exception says is a person's code too: it may throw, and an error must be shown all the same.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "See the summary.")]
    private static string? Said(Func<string?> say)
    {
        try
        {
            return say();
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static string Where(Diagnostic error) => error.Location.IsInSource && error.Location.GetLineSpan() is var span
        ? Path.IsPathRooted(span.Path) ? $" (line {span.StartLinePosition.Line + 1} of {Path.GetFileName(span.Path)})" : $" (cell line {span.StartLinePosition.Line + 1})"
        : "";

    /// <summary>The innermost line of this cell on the stack, or of an earlier cell or a loaded file whose function it was.</summary>
    private static string Where(Exception problem, string path)
    {
        var lines = new StackTrace(problem, fNeedFileInfo: true).GetFrames()
            .Where(frame => frame.GetFileLineNumber() > 0 && ScriptChain.IsCell(frame.GetMethod()?.Module.Assembly))
            .Select(frame => (Path: frame.GetFileName() ?? "", Line: frame.GetFileLineNumber()))
            .ToList();
        return lines.FirstOrDefault(frame => frame.Path == path) is { Line: > 0 } here ? $" (cell line {here.Line})"
            : lines.Count > 0 ? $" (line {lines[0].Line} of {(lines[0].Path.StartsWith("In[", StringComparison.Ordinal) ? "cell " + lines[0].Path[2..] : Path.GetFileName(lines[0].Path))})"
            : "";
    }

    private static string[] Excerpt(Diagnostic error)
    {
        if (!error.Location.IsInSource)
        {
            return [];
        }

        var span = error.Location.GetLineSpan();
        var line = error.Location.SourceTree!.GetText().Lines[span.StartLinePosition.Line].ToString();
        var column = Math.Min(span.StartLinePosition.Character, line.Length);
        var end = span.EndLinePosition.Line == span.StartLinePosition.Line ? Math.Min(span.EndLinePosition.Character, line.Length) : line.Length;
        return ["    " + line.Replace('\t', ' '), "    " + new string(' ', column) + new string('^', Math.Max(1, end - column))];
    }

    private static Exception Unwrap(Exception thrown) => thrown switch
    {
        AggregateException { InnerExceptions.Count: 1 } one => Unwrap(one.InnerExceptions[0]),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
        _ => thrown,
    };
}
