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
    private CSharpCompilation root;
    private ImmutableArray<Submission> live = [];
    private ImmutableArray<MetadataReference> added = [];
    private int serial;

    public ScriptChain(IEnumerable<MetadataReference> references, IEnumerable<string> usings)
    {
        options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, usings: usings, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, concurrentBuild: false);
        root = CSharpCompilation.CreateScriptCompilation(AssemblyPrefix + "0", Parse("", ""), references, options, returnType: typeof(object));
    }

    public ScriptLoader Loader { get; } = new();

    /// <summary>What the next submission follows.</summary>
    public CSharpCompilation Last => Latest(live);

    public IReadOnlyList<Submission> Submissions => live;

    public static bool IsCell(Assembly? assembly) => assembly?.GetName().Name?.StartsWith(AssemblyPrefix, StringComparison.Ordinal) == true;

    public static SyntaxTree Parse(string code, string path) => CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), CellSource.Parse, path);

    /// <summary>Compiles and loads a piece of code; it has not run and nobody sees it yet.</summary>
    /// <exception cref="CompileException">The compiler refused it.</exception>
    public Submission Compile(string code, string path, CancellationToken cancel)
    {
        var earlier = live;
        var number = Interlocked.Increment(ref serial);
        var tree = Parse(code, path);
        var compilation = CSharpCompilation.CreateScriptCompilation(
            $"{AssemblyPrefix}{number}", tree, added, options.WithScriptClassName($"Submission#{number}"), Latest(earlier), typeof(object));
        if (!HasCode(tree, cancel))
        {
            Refuse(compilation.GetDiagnostics(cancel));
            return new(compilation, earlier, assembly: null);
        }

        var stoppable = Checkpoints.Into(tree);
        return new(compilation, earlier, (stoppable == tree ? null : Emitted(compilation.ReplaceSyntaxTree(tree, stoppable), cancel, out _)) ?? Load(compilation, cancel));
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

    private CSharpCompilation Latest(ImmutableArray<Submission> chain) => chain.IsEmpty ? root : chain[^1].Compilation;

    private Assembly Load(CSharpCompilation compilation, CancellationToken cancel)
    {
        var assembly = Emitted(compilation, cancel, out var diagnostics);
        Refuse(diagnostics);
        return assembly!;
    }

    /// <summary>Null when the compiler refuses it.</summary>
    private Assembly? Emitted(CSharpCompilation compilation, CancellationToken cancel, out ImmutableArray<Diagnostic> diagnostics)
    {
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: cancel);
        diagnostics = emitted.Diagnostics;
        (assembly.Position, symbols.Position) = (0, 0);
        return emitted.Success ? Loader.Load(compilation.AssemblyName!, assembly, symbols) : null;
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
