using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>A piece of C# that was compiled to run once, after others that it can use.</summary>
internal sealed class Submission
{
    private readonly HashSet<string> mentions;
    private readonly HashSet<string> declares;

    public Submission(CSharpCompilation compilation, IReadOnlyList<Submission> earlier, Assembly? assembly)
    {
        (Compilation, Earlier, Assembly) = (compilation, earlier, assembly);
        var unit = Unit;
        var members = compilation.ScriptClass!.GetMembers().Where(member => !member.IsImplicitlyDeclared).ToList();
        declares = [.. members.Select(Key), .. unit.Usings.Select(directive => directive.ToString())];
        mentions = Mentioned(unit);
        mentions.ExceptWith(members.Where(member => member is not IMethodSymbol).Select(member => member.Name));
        Names = [.. members.Select(member => member.Name)];
        LeavesTrace = declares.Count > 0 || unit.Externs.Count > 0;
    }

    /// <summary>Replaced by an equal one when what came before it changes (see <see cref="ScriptChain"/>).</summary>
    public CSharpCompilation Compilation { get; set; }

    /// <summary>Those whose objects it was compiled to find, up to its run.</summary>
    public IReadOnlyList<Submission> Earlier { get; private set; }

    /// <summary>Null when there is nothing to run, such as in a line of usings.</summary>
    public Assembly? Assembly { get; }

    /// <summary>The object whose fields are the variables; null before it ran.</summary>
    public object? Instance { get; private set; }

    public IReadOnlyCollection<string> Names { get; }

    /// <summary>True when it declares something. One that only acts is not kept, so that a long session does not grow with it.</summary>
    public bool LeavesTrace { get; }

    public bool HasCode => Assembly is not null;

    public CompilationUnitSyntax Unit => (CompilationUnitSyntax)Compilation.SyntaxTrees[0].GetRoot();

    public IEnumerable<FieldInfo> Variables => Instance?.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(variable => variable.Name[0] == '_' || char.IsLetter(variable.Name[0])) ?? [];

    /// <summary>Runs it; its variables can be read from the first moment on, also when it throws.</summary>
    public async Task<object?> RunAsync()
    {
        if (Assembly is null)
        {
            return null;
        }

        // The compiler's convention: the host's object first, then one object for each submission that has code; the new one puts itself last.
        object?[] objects = [null, .. Earlier.Where(submission => submission.HasCode).Select(submission => submission.Instance), null];
        Earlier = [];
        var entry = Compilation.GetEntryPoint(CancellationToken.None)!;
        var run = Assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object?[], Task<object?>>>();
        try
        {
            var running = run(objects);
            Instance = objects[^1];
            return await running;
        }
        finally
        {
            Instance = objects[^1];
        }
    }

    /// <summary>True when a later submission declares all that this one does.</summary>
    public bool IsHiddenBy(IReadOnlyCollection<Submission> later) =>
        Unit.Externs.Count == 0 && declares.All(key => later.Any(other => other.declares.Contains(key) || other.declares.Contains(key.Split('(')[0])));

    /// <summary>True when it declares something anew that the other declares.</summary>
    public bool Redeclares(Submission other) => other.declares.Any(key => declares.Contains(key) || declares.Contains(key.Split('(')[0]));

    /// <summary>True when its code may mean something that the other declares.</summary>
    public bool MayUse(Submission other) => other.Names.Any(mentions.Contains);

    /// <summary>True when what it declares is of a type from one of these assemblies, or may be: later code would take an old type for a new one.</summary>
    public bool Shows(IReadOnlySet<string?> assemblies) => Compilation.ScriptClass!.GetMembers().Where(member => !member.IsImplicitlyDeclared).Any(member => member switch
    {
        IFieldSymbol variable => IsFrom(variable.Type, assemblies),
        IPropertySymbol property => IsFrom(property.Type, assemblies),
        IMethodSymbol method => IsFrom(method.ReturnType, assemblies) || method.Parameters.Any(parameter => IsFrom(parameter.Type, assemblies)),
        _ => true,
    });

    private static bool IsFrom(ITypeSymbol type, IReadOnlySet<string?> assemblies) => type switch
    {
        IArrayTypeSymbol array => IsFrom(array.ElementType, assemblies),
        INamedTypeSymbol named => assemblies.Contains(named.ContainingAssembly?.Name) || named.TypeArguments.Any(argument => IsFrom(argument, assemblies)),
        _ => false,
    };

    private static string Key(ISymbol member) => member is IMethodSymbol method
        ? $"{method.Name}({string.Join(", ", method.Parameters.Select(parameter => $"{parameter.RefKind} {parameter.Type.ToDisplayString()}"))})"
        : member.MetadataName;

    /// <summary>All names in the code but those behind a dot.</summary>
    private static HashSet<string> Mentioned(CompilationUnitSyntax unit) =>
    [
        .. unit.DescendantNodes().OfType<SimpleNameSyntax>()
            .Where(name => name.Parent is not MemberAccessExpressionSyntax access || access.Name != name)
            .Select(name => name.Identifier.ValueText),
    ];
}
