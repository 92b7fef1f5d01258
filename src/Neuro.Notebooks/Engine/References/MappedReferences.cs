using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace Neuro.Notebooks.Engine.References;

/// <summary>
/// References whose metadata the compiler reads where the system maps their files: reading a hundred and fifty assemblies whole, as Roslyn does by itself, takes
/// a hundred megabytes and a good part of a kernel's start. For files that stay as they are while the process runs: its own, and those of its runtime.
/// </summary>
internal static class MappedReferences
{
    private static readonly ConcurrentDictionary<string, AssemblyMetadata> Known = new();

    /// <summary>The reference to an assembly of this process; its metadata is read once, whoever asks.</summary>
    public static MetadataReference Of(string path) => Known.GetOrAdd(path, Map).GetReference(filePath: path, display: path);

    private static unsafe AssemblyMetadata Map(string path)
    {
        // Neither is ever closed: compilations and symbols point into them for as long as the process lives.
        var view = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read).CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        var metadata = new PEReader(start, checked((int)new FileInfo(path).Length)).GetMetadata();
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((nint)metadata.Pointer, metadata.Length));
    }
}
