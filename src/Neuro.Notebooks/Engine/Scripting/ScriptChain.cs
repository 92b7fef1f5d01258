using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>The pieces of C# that ran and that later ones can use, oldest first.</summary>
/// <remarks>
/// Roslyn compiles each submission after the one before it. Its own script objects keep them all for ever, with what their variables hold; here one that is hidden by later ones and used by none is dropped and
/// unloaded, and the compilations after it are joined up again.
/// </remarks>
internal sealed class ScriptChain
{
    /// <summary>What the names of the assemblies begin with that cells are compiled to.</summary>
    private const string AssemblyPrefix = "neuro-cell-";

    private readonly Lock gate = new();
    private readonly CSharpCompilationOptions options;
    private readonly CSharpCompilation root;
    private ImmutableArray<Submission> live = [];
    private ImmutableArray<MetadataReference> added = [];
    private ImmutableArray<CellLibrary> libraries = [];
    private Task<Blank>? next;
    private int serial;

    /// <summary>A submission without text, after all that is live; the compiler has found its references.</summary>
    private sealed record Blank(CSharpCompilation Compilation, SyntaxTree Tree, ImmutableArray<Submission> Earlier, ImmutableArray<MetadataReference> Added);

    public ScriptChain(IEnumerable<MetadataReference> references, IEnumerable<string> usings)
    {
        options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, usings: usings, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, concurrentBuild: false);
        root = CSharpCompilation.CreateScriptCompilation(AssemblyPrefix + "0", Parse("", ""), references, options, returnType: typeof(object));
    }

    public ScriptLoader Loader { get; } = new();

    public IReadOnlyList<Submission> Submissions => live;

    public IReadOnlyList<MetadataReference> References => [.. root.References, .. added];

    public CSharpCompilationOptions Options => options;

    public static bool IsCell(Assembly? assembly) => assembly?.GetName().Name?.StartsWith(AssemblyPrefix, StringComparison.Ordinal) == true;

    public static SyntaxTree Parse(string code, string path) => CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), CellSource.Parse, path);

    /// <summary>Compiles and loads a piece of code; it has not run and nobody sees it yet.</summary>
    /// <exception cref="CompileException">The compiler refused it.</exception>
    public Submission Compile(string code, string path, CancellationToken cancel)
    {
        var (blank, tree) = (Prepared() ?? NewBlank(), Parse(code, path));
        var (earlier, compilation) = (blank.Earlier, blank.Compilation.ReplaceSyntaxTree(blank.Tree, tree));
        if (!HasCode(tree, cancel))
        {
            Refuse(compilation.GetDiagnostics(cancel));
            return new(compilation, earlier, assembly: null);
        }

        var stoppable = Checkpoints.Into(tree);
        using var image = new MemoryStream();
        return new(compilation, earlier, (stoppable == tree ? null : Emitted(compilation.ReplaceSyntaxTree(tree, stoppable), image, cancel, out _)) ?? Load(compilation, image, cancel));
    }

    /// <summary>Lets the compiler find the references of the next submission while nobody waits: a sixth of the time of a short cell.</summary>
    public void Prepare() => next = Task.Run(() =>
    {
        var blank = NewBlank();
        _ = blank.Compilation.Assembly;
        return blank;
    });

    /// <summary>Compiles types to an assembly of their own, in the place of an earlier one that has a type of the same name.</summary>
    /// <returns>The variables that are gone, since they were of a type that was replaced.</returns>
    /// <exception cref="CompileException">The compiler refused it.</exception>
    public IReadOnlyList<string> AddLibrary(string code, string path, CancellationToken cancel)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), CellSource.Parse.WithKind(SourceCodeKind.Regular), path, cancel);
        var compilation = CSharpCompilation.Create(
            $"{AssemblyPrefix}{Interlocked.Increment(ref serial)}", [tree, GlobalUsings()], [.. root.References, .. added], options.WithUsings());
        var declared = compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type, cancel).Select(type => type.ToDisplayString()).ToHashSet();
        lock (gate)
        {
            var replaced = libraries.Where(library => library.Types.Overlaps(declared)).ToList();
            compilation = compilation.RemoveReferences(replaced.Select(library => library.Reference));
            var stoppable = compilation.ReplaceSyntaxTree(tree, Checkpoints.Into(LibraryCode.Opened(tree)));
            using var image = new MemoryStream();
            var assembly = Emitted(stoppable, image, cancel, out _) ?? Load(compilation, image, cancel);
            var made = new CellLibrary(declared, MetadataReference.CreateFromImage(image.ToArray()), assembly);
            var gone = Replace(replaced, made.Reference);
            libraries = libraries.Add(made);
            added = added.Add(made.Reference);
            return gone;
        }
    }

    /// <summary>Later submissions see it from now on.</summary>
    public void Keep(Submission submission)
    {
        lock (gate)
        {
            var redeclares = live.Any(submission.Redeclares);
            Join(live.Add(submission), live.Length);
            if (redeclares)
            {
                DropHidden();
            }
        }
    }

    /// <summary>Lets go of one that leaves nothing behind.</summary>
    public static void Drop(Submission submission)
    {
        if (submission.Assembly is { } assembly)
        {
            ScriptLoader.Unload(assembly);
        }
    }

    /// <summary>The newest variable of the name.</summary>
    public (Submission Of, FieldInfo Field)? Variable(string name) => live
        .Reverse()
        .SelectMany(submission => submission.Variables.Where(field => field.Name == name).Select(field => ((Submission, FieldInfo)?)(submission, field)))
        .FirstOrDefault();

    /// <summary>Submissions from now on can use these assemblies.</summary>
    public void AddReferences(IEnumerable<MetadataReference> references)
    {
        lock (gate)
        {
            added = added.AddRange(references.Where(reference => !added.Any(known => known.Display == reference.Display)));
        }
    }

    /// <summary>What cells have in scope, for code that is not part of the chain.</summary>
    private SyntaxTree GlobalUsings()
    {
        var typed = live.SelectMany(submission => submission.Unit.Usings).Select(directive => "global " + directive);
        var usual = options.Usings.Select(name => name == typeof(Cell).FullName ? $"global using static {name};" : $"global using {name};");
        return CSharpSyntaxTree.ParseText(string.Join('\n', usual.Concat(typed).Distinct()), CellSource.Parse.WithKind(SourceCodeKind.Regular), encoding: Encoding.UTF8);
    }

    /// <summary>Takes libraries away, and with them what was compiled against them and cannot go on with the new one.</summary>
    private List<string> Replace(List<CellLibrary> replaced, MetadataReference by)
    {
        if (replaced.Count == 0)
        {
            return [];
        }

        var names = replaced.Select(library => library.Assembly.GetName().Name).ToHashSet();
        var (kept, stale) = (new List<Submission>(), new List<Submission>());
        foreach (var submission in live)
        {
            var uses = submission.Assembly?.GetReferencedAssemblies().Any(name => names.Contains(name.Name)) == true;
            var goes = stale.Any(submission.MayUse) || (uses && submission.Shows(names));
            var old = replaced.Select(library => library.Reference).Where(submission.Compilation.References.Contains);
            submission.Compilation = submission.Compilation.RemoveReferences(old).AddReferences(by)
                .WithScriptCompilationInfo(submission.Compilation.ScriptCompilationInfo!.WithPreviousScriptCompilation(Latest([.. kept])));
            goes |= uses && submission.Compilation.GetDiagnostics().Any(problem => problem.Severity == DiagnosticSeverity.Error);
            (goes ? stale : kept).Add(submission);
        }

        (live, libraries, added) = ([.. kept], libraries.RemoveRange(replaced), added.RemoveRange(replaced.Select(library => library.Reference)));
        var gone = stale.SelectMany(submission => submission.Variables.Select(variable => variable.Name)).Distinct().ToList();
        stale.ForEach(Drop);
        replaced.ForEach(library => ScriptLoader.Unload(library.Assembly));
        return gone;
    }

    /// <summary>Null when none is ready, or something has changed since.</summary>
    private Blank? Prepared() =>
        Interlocked.Exchange(ref next, null) is { IsCompletedSuccessfully: true, Result: var blank } && blank.Earlier == live && blank.Added == added ? blank : null;

    /// <remarks>Without usings: a submission has those of the one before it, and to look up each again in all references would take a third of the compiler's time.</remarks>
    private Blank NewBlank()
    {
        var (earlier, references, number, tree) = (live, added, Interlocked.Increment(ref serial), Parse("", ""));
        return new(
            CSharpCompilation.CreateScriptCompilation($"{AssemblyPrefix}{number}", tree, references, options.WithUsings().WithScriptClassName($"Submission#{number}"), Latest(earlier), typeof(object)),
            tree, earlier, references);
    }

    private CSharpCompilation Latest(ImmutableArray<Submission> chain) => chain.IsEmpty ? root : chain[^1].Compilation;

    private Assembly Load(CSharpCompilation compilation, MemoryStream image, CancellationToken cancel)
    {
        var assembly = Emitted(compilation, image, cancel, out var diagnostics);
        Refuse(diagnostics);
        return assembly!;
    }

    /// <summary>Null when the compiler refuses it.</summary>
    private Assembly? Emitted(CSharpCompilation compilation, MemoryStream image, CancellationToken cancel, out ImmutableArray<Diagnostic> diagnostics)
    {
        image.SetLength(0);
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: cancel);
        diagnostics = emitted.Diagnostics;
        (image.Position, symbols.Position) = (0, 0);
        return emitted.Success ? Loader.Load(compilation.AssemblyName!, image, symbols) : null;
    }

    private static void Refuse(ImmutableArray<Diagnostic> diagnostics)
    {
        var errors = diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new CompileException(errors);
        }
    }

    /// <summary>As the compiler counts: usings alone make no object.</summary>
    private static bool HasCode(SyntaxTree tree, CancellationToken cancel) => ((Microsoft.CodeAnalysis.CSharp.Syntax.CompilationUnitSyntax)tree.GetRoot(cancel)).Members.Count > 0;

    /// <summary>From the newest to the oldest, so that one which only a dropped one used goes with it.</summary>
    private void DropHidden()
    {
        var kept = live.ToList();
        var first = kept.Count;
        for (var i = kept.Count - 2; i >= 0; i--)
        {
            var later = kept.GetRange(i + 1, kept.Count - i - 1);
            if (kept[i].IsHiddenBy(later) && !later.Any(other => other.MayUse(kept[i])))
            {
                Drop(kept[i]);
                kept.RemoveAt(i);
                first = i;
            }
        }

        if (kept.Count < live.Length)
        {
            Join([.. kept], first);
        }
    }

    /// <summary>Lets each compilation from a place on follow the one before it.</summary>
    private void Join(ImmutableArray<Submission> chain, int from)
    {
        for (var i = from; i < chain.Length; i++)
        {
            var previous = i == 0 ? root : chain[i - 1].Compilation;
            if (chain[i].Compilation.ScriptCompilationInfo!.PreviousScriptCompilation != previous)
            {
                chain[i].Compilation = chain[i].Compilation.WithScriptCompilationInfo(chain[i].Compilation.ScriptCompilationInfo!.WithPreviousScriptCompilation(previous));
            }
        }

        live = chain;
    }
}
