using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Neuro.Client.Api;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Notebooks.Engine.Assist;
using Neuro.Notebooks.Engine.References;
using Neuro.Notebooks.Engine.Scripting;

namespace Neuro.Notebooks.Engine;

/// <summary>Runs cells of C# one after another; what one declares the next can use.</summary>
/// <remarks>Built on Roslyn scripting. The compiler warms up on a background thread from the moment the session exists.</remarks>
public sealed class CSharpSession
{
    /// <summary>For code that listens to its cancellation, before it is stopped.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(10);

    private const int MostImports = 100;

    private static readonly string[] UsualUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Text", "System.Threading", "System.Threading.Tasks",
    ];

    private readonly SessionOptions session;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ScriptChain chain;
    private readonly SessionDirectives directives;
    private readonly ScriptAssist assist;
    private readonly Task warm;
    private string? styleCarrier;
    private int uncounted;
    private int displays;

    public CSharpSession(SessionOptions? options = null)
    {
        session = options ?? new();
        InstallConsole();
        var references = SessionReferences.All(session.References);
        directives = new(chain = new(references, [.. UsualUsings, typeof(Cell).FullName!, .. session.Usings]), SessionReferences.Names(references));
        assist = new(chain);
        warm = Task.Run(WarmAsync);
    }

    /// <summary>The names of the variables, in the order they were made.</summary>
    public IReadOnlyCollection<string> VariableNames => [.. chain.Submissions.SelectMany(submission => submission.Variables).Select(variable => variable.Name).Distinct()];

    /// <summary>How many cells have counted so far.</summary>
    public int ExecutionCount { get; private set; }

    /// <summary>How many pieces of code later cells can still use.</summary>
    internal int LiveSubmissions => chain.Submissions.Count;

    /// <summary>Runs one cell and hands its outputs to <paramref name="output"/> as they come; cells wait for one another.</summary>
    /// <returns>How it ended; an error in the cell is a result, not an exception.</returns>
    public async Task<CellResult> RunAsync(string code, Action<CellOutput> output, CellOptions? options = null, CancellationToken cancel = default)
    {
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            var began = session.Time.GetTimestamp();
            var sink = new CellSink(output, session.Time);
            options ??= new();
            var counts = options is { Silent: false, StoreHistory: true };
            ExecutionCount += counts ? 1 : 0;
            var run = new CellRun(this, counts ? $"In[{ExecutionCount}]" : $"In[{ExecutionCount}.{++uncounted}]", sink, options, cancel);
            InstallConsole();
            var error = await ErrorOfAsync(code, run);
            if (error is not null)
            {
                sink.Add(new ErrorOutput(error));
            }

            if (error is not null && cancel.IsCancellationRequested)
            {
                sink.Close();
            }

            sink.Flush();
            return new(ExecutionCount, error, session.Time.GetElapsedTime(began));
        }
        finally
        {
            chain.Prepare();
            turn.Release();
        }
    }

    public bool TryGetVariable(string name, out object? value)
    {
        var variable = chain.Variable(name);
        value = variable?.Field.GetValue(variable.Value.Of.Instance);
        return variable is not null;
    }

    /// <summary>Gives a variable a value, and makes it first where there is none of that name and type.</summary>
    /// <exception cref="ArgumentException">The name is no C# name.</exception>
    public void SetVariable(string name, object? value)
    {
        if (chain.Variable(name) is { Field.IsInitOnly: false } known && (value is null ? !known.Field.FieldType.IsValueType : known.Field.FieldType.IsInstanceOfType(value)))
        {
            known.Field.SetValue(known.Of.Instance, value);
            return;
        }

        if (!SyntaxFacts.IsValidIdentifier(name))
        {
            throw new ArgumentException($"'{name}' cannot be the name of a variable: letters, digits and _, a letter first.", nameof(name));
        }

        var type = TypeSyntax.Of(value?.GetType() ?? typeof(object));
        var declaration = chain.Compile($"{type} @{name} = default({type});", "", CancellationToken.None);
        declaration.RunAsync().GetAwaiter().GetResult();
        declaration.Variables.Single().SetValue(declaration.Instance, value);
        chain.Keep(declaration);
    }

    /// <summary>Whether the cell is ready to run, as somebody types it.</summary>
    public Completeness IsComplete(string code) => CellCompleteness.Of(code, session.Magics);

    /// <summary>What may be written at the cursor.</summary>
    /// <param name="code">The whole cell.</param>
    /// <param name="cursor">A UTF-16 offset into it.</param>
    /// <param name="cancel">Stops the search.</param>
    public async Task<Completions> CompleteAsync(string code, int cursor, CancellationToken cancel = default)
    {
        await warm.WaitAsync(cancel);
        return LineAssist.Complete(code, cursor, session.Magics, VariableNames) ?? await assist.CompleteAsync(code, cursor, cancel);
    }

    /// <summary>What the name at the cursor is: its signature and documentation.</summary>
    /// <param name="code">The whole cell.</param>
    /// <param name="cursor">A UTF-16 offset into it.</param>
    /// <param name="detail">0, or 1 for the declaration too.</param>
    /// <param name="cancel">Stops the search.</param>
    /// <returns>Null where there is nothing to say.</returns>
    public async Task<MimeBundle?> InspectAsync(string code, int cursor, int detail, CancellationToken cancel = default)
    {
        await warm.WaitAsync(cancel);
        return LineAssist.Explain(code, cursor, session.Magics) ?? await assist.InspectAsync(code, cursor, detail, cancel);
    }

    /// <summary>The value of one expression in its forms; the session stays as it was.</summary>
    /// <exception cref="Exception">What the expression throws, or that it is no expression.</exception>
    public async Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancel = default)
    {
        await turn.WaitAsync(cancel);
        try
        {
            return await EvaluatedAsync(expression, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<MimeBundle> EvaluatedAsync(string expression, CancellationToken cancel)
    {
        if (SyntaxFactory.ParseExpression(expression, options: CellSource.Parse, consumeFullText: false).FullSpan.Length < expression.TrimEnd().Length)
        {
            throw new NeuroException("cell.no_expression", $"'{expression}' is not one expression; only a value can be asked for.");
        }

        var submission = chain.Compile(expression, "", cancel);
        var context = new InterruptibleContext(_ => { });
        MimeBundle? formatted = null;
        try
        {
            await UntilDoneOrInterruptedAsync(context, context.StartAsync(async () => formatted = Format(await submission.RunAsync(), NextDisplayId())), cancel);
            return formatted!;
        }
        finally
        {
            ScriptChain.Drop(submission);
        }
    }

    internal string NextDisplayId() => $"display-{Interlocked.Increment(ref displays)}";

    /// <summary>A value's forms; the first that needs the style sheet takes it along (see <see cref="HtmlStyle"/>).</summary>
    internal MimeBundle Format(object? value, string id)
    {
        var bundle = Formatter.Format(value);
        return bundle.Html is { } html && HtmlStyle.IsNeededBy(html) && (Interlocked.CompareExchange(ref styleCarrier, id, null) ?? id) == id
            ? bundle.With(MimeTypes.Html, HtmlStyle.Element + html)
            : bundle;
    }

    /// <param name="code">C#, magics and directives.</param>
    /// <param name="run">The cell it belongs to.</param>
    /// <param name="path">What the code is called in errors: the cell, or the file it comes from.</param>
    internal async Task RunPartsAsync(MagicBody code, CellRun run, string path)
    {
        var parts = CellSource.Split(code with { Text = ProgramDirectives.WithoutBuild(code.Text) }, session.Magics);
        for (var i = 0; i < parts.Count; i++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            await (parts[i] switch
            {
                MagicPart magic => session.Magics.RunAsync(magic.Line, magic.Body, run),
                DirectivePart { Kind: "r" } reference => directives.ReferAsync(reference.What, path, run),
                DirectivePart { Kind: "load" } file => ImportAsync(file.What, run, path),
                DirectivePart source => Task.Run(() => directives.AddSource(source.What)),
                CodePart csharp => RunCodeAsync(csharp.Text, run, path, isLast: i == parts.Count - 1 && path == run.Path),
                _ => Task.CompletedTask,
            });
        }
    }

    /// <summary>Runs the code of a file as if it stood here.</summary>
    internal async Task ImportAsync(string file, CellRun run, string from)
    {
        if (++run.Imports > MostImports)
        {
            throw new NeuroException("file.too_deep", $"{file} is the {run.Imports}th file that the cell brings in; the most is {MostImports}. Does a file bring in itself?");
        }

        foreach (var piece in SourceFile.Read(file, from))
        {
            await RunPartsAsync(new(piece.Text, 1), run, piece.Path);
        }
    }

    private static void InstallConsole()
    {
        CellConsole.Install();
        CellInput.Install();
    }

    private async Task<CellError?> ErrorOfAsync(string code, CellRun run)
    {
        try
        {
            var work = Task.Run(
                async () =>
                {
                    CellRun.Current = run;
                    await RunPartsAsync(new(code, 1), run, run.Path);
                },
                CancellationToken.None);
            await UntilDoneOrGivenUpAsync(work, run.Cancellation);
            return null;
        }
        catch (Exception thrown)
        {
            return CellProblem.Describe(thrown, run);
        }
    }

    /// <summary>After a cancel the cell has its grace to end by itself; then it is left alone, its outputs and state no longer heard.</summary>
    private async Task UntilDoneOrGivenUpAsync(Task work, CancellationToken cancel)
    {
        try
        {
            await work.WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(session.Grace, session.Time, CancellationToken.None));
            if (!work.IsCompleted)
            {
                throw new NeuroException(
                    "cell.still_running", "The cell was interrupted, but its code goes on: native code, a finally block or a command that does not listen.\nThe session goes on without it; restart to be rid of it.");
            }

            await work;
        }
    }

    private async Task RunCodeAsync(string code, CellRun run, string path, bool isLast)
    {
        if (LibraryCode.Of(code) is { } library)
        {
            var gone = chain.AddLibrary(library.Types, path, run.Cancellation);
            if (gone.Count > 0)
            {
                run.Sink.Write(isError: true, $"Types were replaced; variables that used the old ones are gone: {string.Join(", ", gone)}. Run their cells again.\n");
            }

            code = library.Rest;
        }

        var submission = chain.Compile(code, path, run.Cancellation);
        var context = new InterruptibleContext(run.Report);
        try
        {
            await UntilDoneOrInterruptedAsync(context, context.StartAsync(StartAsync), run.Cancellation);
        }
        finally
        {
            if (!run.Sink.IsClosed && submission.LeavesTrace && (submission.Instance is not null || !submission.HasCode))
            {
                chain.Keep(submission);
            }
            else
            {
                ScriptChain.Drop(submission);
            }
        }

        async Task StartAsync()
        {
            CellRun.Current = run;
            var value = await submission.RunAsync();
            if (!run.Options.Silent && HasValue(submission, value))
            {
                Show(value, run, isLast);
            }
        }
    }

    /// <summary>Code that listens to its cancellation has a moment to end by itself; then it is stopped where it is.</summary>
    private async Task UntilDoneOrInterruptedAsync(InterruptibleContext context, Task running, CancellationToken cancel)
    {
        try
        {
            await running.WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Task.WhenAny(running, Task.Delay(Courtesy, CancellationToken.None));
            await context.InterruptAsync();
            throw;
        }
    }

    private void Show(object? value, CellRun run, bool isLast)
    {
        if (!isLast)
        {
            run.Display(value);
            return;
        }

        run.Sink.Add(new ResultOutput(Format(value, NextDisplayId())));
    }

    /// <summary>True when the code ends in an expression without a semicolon that has a value; the handle of a display has been shown already.</summary>
    private static bool HasValue(Submission submission, object? value)
    {
        if (value is not null)
        {
            return value is not IDisplayHandle;
        }

        return submission.Unit.Members.LastOrDefault() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }
            && submission.Compilation.GetSemanticModel(last.SyntaxTree).GetTypeInfo(last.Expression).Type?.SpecialType != SpecialType.System_Void;
    }

    /// <summary>A throw-away cell: what it needs of the compiler is compiled once it ran.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Only a head start; the cells themselves report what fails.")]
    private async Task WarmAsync()
    {
        try
        {
            var warm = chain.Compile("var warm = new[] { 1 }.Select(x => x + 1); $\"{warm.Count()}\"", "", CancellationToken.None);
            await warm.RunAsync();
            ScriptChain.Drop(warm);
        }
        catch (Exception)
        {
            return;
        }
    }
}
