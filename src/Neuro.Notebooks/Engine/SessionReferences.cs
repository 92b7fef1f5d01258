using System.Reflection;
using Microsoft.CodeAnalysis;
using Neuro.Notebooks.Engine.References;

namespace Neuro.Notebooks.Engine;

/// <summary>The assemblies that cells compile against: .NET's own and the application's, as the running process has them, and those that the host names.</summary>
internal static class SessionReferences
{
    /// <summary>Large, and nothing that a cell wants to name.</summary>
    private static readonly string[] LeftOut = ["Microsoft.CodeAnalysis", "Microsoft.VisualBasic", "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore"];

    /// <summary>The simple names of assemblies by their files.</summary>
    public static IReadOnlySet<string> Names(IEnumerable<MetadataReference> references) =>
        references.Select(reference => Path.GetFileNameWithoutExtension(reference.Display!)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<MetadataReference> All(IEnumerable<Assembly> named)
    {
        var trusted = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var application = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return
        [
            .. trusted
                .Where(path => Path.GetDirectoryName(path) is var folder && (folder == framework || folder == application))
                .Where(path => !LeftOut.Any(prefix => Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal)))
                .Concat(named.Append(typeof(Cell).Assembly).Select(assembly => assembly.Location).Where(path => path.Length > 0))
                .DistinctBy(Path.GetFileName)
                .Select(path => MappedReferences.Of(path)),
        ];
    }
}
