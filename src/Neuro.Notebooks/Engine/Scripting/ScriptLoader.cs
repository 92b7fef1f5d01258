using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>Loads what cells are compiled to, each part where it can be unloaded alone, and the assemblies they name by <c>#r</c>.</summary>
internal sealed class ScriptLoader
{
    private readonly ConcurrentDictionary<string, WeakReference<Assembly>> parts = new();
    private readonly ReferenceContext references = new();
    private int sweepAt = 256;

    public Assembly Load(string name, Stream assembly, Stream symbols)
    {
        var loaded = new PartContext(this, name).LoadFromStream(assembly, symbols);
        parts[name] = new(loaded);
        Sweep();
        return loaded;
    }

    /// <summary>Lets go of a part: it is unloaded when nothing refers to it any more.</summary>
    public static void Unload(Assembly part) => AssemblyLoadContext.GetLoadContext(part)!.Unload();

    /// <summary>Cells may refer to the assembly in this file from now on; the first of a name stays.</summary>
    public void AddReference(string path) => references.Paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);

    /// <summary>Native libraries are looked for in this folder too.</summary>
    public void AddNative(string folder) => references.NativeFolders.Enqueue(folder);

    private Assembly? Find(AssemblyName name) =>
        parts.TryGetValue(name.Name!, out var part) && part.TryGetTarget(out var loaded) ? loaded : references.Find(name);

    private void Sweep()
    {
        if (parts.Count < sweepAt)
        {
            return;
        }

        foreach (var (name, part) in parts)
        {
            if (!part.TryGetTarget(out _))
            {
                parts.TryRemove(name, out _);
            }
        }

        sweepAt = 256 + (2 * parts.Count);
    }

    private sealed class PartContext(ScriptLoader loader, string name) : AssemblyLoadContext(name, isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => loader.Find(assemblyName);

        protected override nint LoadUnmanagedDll(string unmanagedDllName) => loader.references.LoadNative(unmanagedDllName);
    }

    /// <summary>An assembly that the process has already is that one, whatever file was named.</summary>
    private sealed class ReferenceContext() : AssemblyLoadContext("cell references")
    {
        public ConcurrentDictionary<string, string> Paths { get; } = new(StringComparer.OrdinalIgnoreCase);

        public ConcurrentQueue<string> NativeFolders { get; } = new();

        public Assembly? Find(AssemblyName name) => Paths.TryGetValue(name.Name!, out var path) ? LoadFromAssemblyPath(path) : null;

        public nint LoadNative(string name) => NativeFolders
            .SelectMany(folder => new[] { name, $"lib{name}.so", $"{name}.so", $"{name}.dll", $"lib{name}.dylib", $"{name}.dylib" }.Select(file => Path.Combine(folder, file)))
            .FirstOrDefault(File.Exists) is { } found ? LoadUnmanagedDllFromPath(found) : nint.Zero;

        protected override Assembly? Load(AssemblyName assemblyName) => Find(assemblyName);

        protected override nint LoadUnmanagedDll(string unmanagedDllName) => LoadNative(unmanagedDllName);
    }
}
