using System.Reflection;
using System.Text.RegularExpressions;
using Neuro.Client.Api;

namespace Neuro.Notebooks.Engine.References;

/// <summary>The lines that <c>dotnet run</c> takes from the top of a program of one file, as far as a session has to heed them.</summary>
internal static partial class ProgramDirectives
{
    /// <summary>The code with empty lines in the place of a <c>#!/usr/bin/env</c> line, <c>#:property</c>, <c>#:sdk</c>, and <c>#:project</c> where the program has that project in it; <c>#:package</c> stays, sessions know it.</summary>
    /// <exception cref="NeuroException"><c>script.project</c>: a project that is not here.</exception>
    public static string WithoutBuild(string code)
    {
        var lines = code.Split('\n');
        for (var i = 0; i < lines.Length && Head().Match(lines[i]) is { Success: true } line; i++)
        {
            if (line.Groups[1].Success && !IsHere(line.Groups[1].Value.Trim()))
            {
                throw new NeuroException("script.project", $"#:project {line.Groups[1].Value.Trim()} is not part of this program.\n`dotnet run` builds it; here, build it yourself and write #r \"path/to/its.dll\".");
            }

            lines[i] = Taken().IsMatch(lines[i]) ? "" : lines[i];
        }

        return string.Join('\n', lines);
    }

    /// <summary>A project is named by its file, or by its folder; the program's own may have an assembly of another name, but its namespaces begin with it.</summary>
    private static bool IsHere(string project)
    {
        var file = Path.GetFileName(project.TrimEnd('/', '\\'));
        var name = file.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase) ? file[..^".csproj".Length] : file;
        return File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll"))
            || Assembly.GetEntryAssembly()?.DefinedTypes.Any(type => type.Namespace?.StartsWith(name + ".", StringComparison.Ordinal) == true) == true;
    }

    /// <summary>What may stand above the first line of code.</summary>
    [GeneratedRegex(@"^(?:\s*|\s*//.*|#!/.*|#:project\s+(.+)|#:.*)$")]
    private static partial Regex Head();

    [GeneratedRegex(@"^#(?:!/|:(?:property|sdk|project)\b)")]
    private static partial Regex Taken();
}
