using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Neuro.Client.Api;
using Neuro.Notebooks.Engine.Scripting;

namespace Neuro.Notebooks.Engine.References;

/// <summary>Does what the lines <c>#r</c> and <c>#i</c> of cells ask.</summary>
internal sealed class SessionDirectives(ScriptChain chain, IReadOnlySet<string> present)
{
    private readonly List<Package> packages = [];
    private readonly List<string> sources = [];

    /// <summary><c>#r "path.dll"</c>, or <c>#r "nuget: Name, Version"</c> with one line that says how long it took.</summary>
    /// <exception cref="NeuroException"><c>file.missing</c>, <c>reference.broken</c>, <c>package.bad_name</c>, <c>package.restore_failed</c>; the session is as before.</exception>
    public async Task ReferAsync(string what, string from, CellRun run)
    {
        if (Nuget(what) is not { } package)
        {
            var path = present.Contains(Path.GetFileNameWithoutExtension(what)) && !File.Exists(what) ? null : SourceFile.Locate(what, from);
            if (path is not null)
            {
                Check(path);
                chain.Loader.AddReference(path);
                chain.AddReferences([MetadataReference.CreateFromFile(path)]);
            }

            return;
        }

        var asked = PackageRestore.Parse(package);
        if (packages.Contains(asked))
        {
            return;
        }

        var began = Stopwatch.GetTimestamp();
        var line = run.Display($"Restoring {asked.Name} …");
        var all = packages.Where(known => !known.Name.Equals(asked.Name, StringComparison.OrdinalIgnoreCase)).Append(asked).ToList();
        var restored = await PackageRestore.RunAsync(all, sources, run.Cancellation);
        restored.Runtime.Where(IsNew).ToList().ForEach(chain.Loader.AddReference);
        restored.NativeFolders.ToList().ForEach(chain.Loader.AddNative);
        chain.AddReferences(restored.Compile.Where(IsNew).Select(file => MetadataReference.CreateFromFile(file)));
        packages.Clear();
        packages.AddRange(all);
        line.Update(FormattableString.Invariant($"{asked.Name}{(asked.Version is { } version ? " " + version : "")} is here ({Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s)."));
    }

    /// <summary><c>#i "nuget: SOURCE"</c>: a folder or an address where packages are looked for too.</summary>
    public void AddSource(string what)
    {
        var source = Nuget(what) is { Length: > 0 } given && !given.Contains(';')
            ? given.Contains("://", StringComparison.Ordinal) ? given : Path.GetFullPath(given)
            : throw new NeuroException("package.bad_source", $"'{what}' names no source of packages.\nWrite #i \"nuget: https://…/index.json\" or a folder.");
        if (!sources.Contains(source))
        {
            sources.Add(source);
        }
    }

    private bool IsNew(string file) => !present.Contains(Path.GetFileNameWithoutExtension(file));

    private static string? Nuget(string what) => what.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase) ? what["nuget:".Length..].Trim() : null;

    private static void Check(string path)
    {
        try
        {
            System.Reflection.AssemblyName.GetAssemblyName(path);
        }
        catch (BadImageFormatException)
        {
            throw new NeuroException("reference.broken", $"{path} is no .NET assembly.");
        }
    }
}
