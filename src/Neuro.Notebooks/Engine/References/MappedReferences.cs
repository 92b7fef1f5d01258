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
    private static readonly ConcurrentDictionary<string, Mapped> Known = new();

    private readonly record struct Mapped(nint Start, int Length);

    /// <summary>A reference to an assembly of this process, for one session: the compiler keeps in it what it has read, and sessions that shared that would each find the other's <c>display</c>, and both ambiguous.</summary>
    public static MetadataReference Of(string path)
    {
        var (start, length) = Known.GetOrAdd(path, Map);
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata(start, length)).GetReference(filePath: path, display: path);
    }

    private static unsafe Mapped Map(string path)
    {
        // Never closed: compilations and symbols point into it for as long as the process lives.
        var view = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read).CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        var metadata = new PEReader(start, checked((int)new FileInfo(path).Length)).GetMetadata();
        return new((nint)metadata.Pointer, metadata.Length);
    }
}
