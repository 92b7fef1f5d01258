using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Engine;

/// <summary>Runs cells of C# one after another; what one declares the next can use.</summary>
/// <remarks>Built on Roslyn scripting. The compiler warms up on a background thread from the moment the session exists.</remarks>
public sealed class CSharpSession
{
    private static readonly string[] UsualUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Text", "System.Threading", "System.Threading.Tasks",
    ];

    private readonly SessionOptions session;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Task<ScriptState<object>> start;
    private ScriptState<object>? state;
    private string? styleCarrier;
    private int displays;

    public CSharpSession(SessionOptions? options = null)
    {
        session = options ?? new();
        CellConsole.Install();
        start = Task.Run(StartAsync);
    }

    /// <summary>The names of the variables, in the order they were made.</summary>
    public IReadOnlyCollection<string> VariableNames => [.. (state?.Variables ?? []).Select(variable => variable.Name).Distinct()];

    /// <summary>How many cells have counted so far.</summary>
    public int ExecutionCount { get; private set; }

    /// <summary>Runs one cell and hands its outputs to <paramref name="output"/> as they come; cells wait for one another.</summary>
    /// <returns>How it ended; an error in the cell is a result, not an exception.</returns>
    public async Task<CellResult> RunAsync(string code, Action<CellOutput> output, CellOptions? options = null, CancellationToken cancel = default)
    {
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            var began = session.Time.GetTimestamp();
            var sink = new CellSink(output);
            options ??= new();
            ExecutionCount += options is { Silent: false, StoreHistory: true } ? 1 : 0;
            var run = new CellRun(this, ExecutionCount, sink, options, cancel);
            CellConsole.Install();
            CellInput.Install();
            var error = await ErrorOfAsync(code, run);
            if (error is not null)
            {
                sink.Add(new ErrorOutput(error));
            }

            sink.Close();
            return new(run.Number, error, session.Time.GetElapsedTime(began));
        }
        finally
        {
            turn.Release();
        }
    }

    public bool TryGetVariable(string name, out object? value)
    {
        var variable = state?.GetVariable(name);
        value = variable?.Value;
        return variable is not null;
    }

    /// <summary>Gives a variable a value, and makes it first where there is none of that name and type.</summary>
    /// <exception cref="ArgumentException">The name is no C# name.</exception>
    public void SetVariable(string name, object? value)
    {
        if (state?.GetVariable(name) is { IsReadOnly: false } variable && (value is null ? !variable.Type.IsValueType : variable.Type.IsInstanceOfType(value)))
        {
            variable.Value = value;
            return;
        }

        if (!Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(name))
        {
            throw new ArgumentException($"'{name}' cannot be the name of a variable: letters, digits and _, a letter first.", nameof(name));
        }

        var type = TypeSyntax.Of(value?.GetType() ?? typeof(object));
        var at = start.GetAwaiter().GetResult();
        state = (state ?? at).ContinueWithAsync<object>($"{type} @{name} = default({type});", at.Script.Options).GetAwaiter().GetResult();
        state.GetVariable(name).Value = value;
    }

    /// <summary>Whether the cell is ready to run, as somebody types it.</summary>
    public Completeness IsComplete(string code)
    {
        var tree = CellSource.ParseTree(MagicCatalogue.IsMagic(code) ? "" : code);
        if (!Microsoft.CodeAnalysis.CSharp.SyntaxFactory.IsCompleteSubmission(tree))
        {
            return new(CompletenessStatus.Incomplete, "");
        }

        return new(tree.GetDiagnostics().Any(problem => problem.Severity == DiagnosticSeverity.Error) ? CompletenessStatus.Invalid : CompletenessStatus.Complete, "");
    }

    /// <summary>What may be written at the cursor.</summary>
    /// <param name="code">The whole cell.</param>
    /// <param name="cursor">A UTF-16 offset into it.</param>
    /// <param name="cancel">Stops the search.</param>
    public async Task<Completions> CompleteAsync(string code, int cursor, CancellationToken cancel = default)
    {
        await start.WaitAsync(cancel);
        var from = cursor;
        while (from > 0 && (char.IsLetterOrDigit(code[from - 1]) || code[from - 1] == '_'))
        {
            from--;
        }

        return new(from, cursor, [.. VariableNames.Where(name => name.StartsWith(code[from..cursor], StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => new Completion(name, "variable", null))]);
    }

    /// <summary>What the name at the cursor is: its signature and documentation.</summary>
    /// <param name="code">The whole cell.</param>
    /// <param name="cursor">A UTF-16 offset into it.</param>
    /// <param name="detail">0, or 1 for the declaration too.</param>
    /// <param name="cancel">Stops the search.</param>
    /// <returns>Null where there is nothing to say.</returns>
    public async Task<MimeBundle?> InspectAsync(string code, int cursor, int detail, CancellationToken cancel = default)
    {
        var around = await CompleteAsync(code, cursor, cancel);
        return around.Items is [var only] && state?.GetVariable(only.Text) is { } variable ? new MimeBundle($"{variable.Type} {variable.Name}") : null;
    }

    /// <summary>The value of one expression in its forms; the session stays as it was.</summary>
    /// <exception cref="Exception">What the expression throws, or that it is no expression.</exception>
    public async Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancel = default)
    {
        await turn.WaitAsync(cancel);
        try
        {
            var before = state ?? await start;
            var value = await before.Script.ContinueWith<object>(expression).RunFromAsync(before, cancel);
            return Format(value.ReturnValue, NextDisplayId());
        }
        finally
        {
            turn.Release();
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

    internal async Task RunPartsAsync(MagicBody code, CellRun run)
    {
        var parts = CellSource.Split(code, session.Magics);
        for (var i = 0; i < parts.Count; i++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            await (parts[i] switch
            {
                MagicPart magic => session.Magics.RunAsync(magic.Line, magic.Body, run),
                CodePart csharp => RunCodeAsync(csharp.Text, run, isLast: i == parts.Count - 1),
                _ => Task.CompletedTask,
            });
        }
    }

    internal static int CellOf(string? path) =>
        path is not null && path.StartsWith("In[", StringComparison.Ordinal) && int.TryParse(path.AsSpan(3, path.Length - 4), out var cell) ? cell : 0;

    private async Task<CellError?> ErrorOfAsync(string code, CellRun run)
    {
        try
        {
            var work = Task.Run(
                async () =>
                {
                    CellRun.Current = run;
                    await start;
                    await RunPartsAsync(new(code, 1), run);
                },
                CancellationToken.None);
            await UntilDoneOrGivenUpAsync(work, run.Cancellation);
            return null;
        }
        catch (Exception thrown)
        {
            return CellProblem.Describe(thrown, run.Number);
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
                throw;
            }

            await work;
        }
    }

    private async Task RunCodeAsync(string code, CellRun run, bool isLast)
    {
        var before = state ?? await start;
        var script = before.Script.ContinueWith<object>(code, before.Script.Options.WithFilePath($"In[{run.Number}]"));
        var errors = script.Compile(run.Cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new CompileException(errors);
        }

        var after = await script.RunFromAsync(before, _ => true, run.Cancellation);
        if (!run.Sink.IsClosed && LeavesTrace(script))
        {
            state = after;
        }

        if (after.Exception is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(after.Exception);
        }

        if (!run.Options.Silent && HasValue(script, after.ReturnValue, run.Cancellation))
        {
            Show(after.ReturnValue, run, isLast);
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

    /// <summary>True when the code declares something. Code that only acts is dropped again, so that a long session does not grow with it.</summary>
    private static bool LeavesTrace(Script<object> script)
    {
        var compilation = script.GetCompilation();
        return compilation.ScriptClass!.GetMembers().Any(member => !member.IsImplicitlyDeclared)
            || compilation.SyntaxTrees.Last().GetRoot() is not CompilationUnitSyntax { Usings.Count: 0, Externs.Count: 0 } unit
            || unit.GetReferenceDirectives().Count > 0
            || unit.GetLoadDirectives().Count > 0;
    }

    /// <summary>True when the code ends in an expression without a semicolon that has a value; the handle of a display has been shown already.</summary>
    private static bool HasValue(Script<object> script, object? value, CancellationToken cancel)
    {
        if (value is not null)
        {
            return value is not IDisplayHandle;
        }

        var compilation = script.GetCompilation();
        var tree = compilation.SyntaxTrees.Last();
        return tree.GetRoot(cancel) is CompilationUnitSyntax unit
            && unit.Members.LastOrDefault() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }
            && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression, cancel).Type?.SpecialType != SpecialType.System_Void;
    }

    private async Task<ScriptState<object>> StartAsync()
    {
        var begin = ScriptOptions.Default
            .WithReferences(SessionReferences.All(session.References))
            .WithImports([.. UsualUsings, typeof(Cell).FullName!, .. session.Usings])
            .WithLanguageVersion(CellSource.Parse.LanguageVersion)
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8);
        var first = await CSharpScript.Create<object>("", begin).RunAsync();
        _ = WarmAsync(first);
        return first;
    }

    /// <summary>A throw-away cell: what it needs of the compiler is compiled once it ran.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Only a head start; the cells themselves report what fails.")]
    private static async Task WarmAsync(ScriptState<object> first)
    {
        try
        {
            await first.Script.ContinueWith<object>("var warm = new[] { 1 }.Select(x => x + 1); $\"{warm.Count()}\"").RunFromAsync(first);
        }
        catch (Exception)
        {
            return;
        }
    }
}
