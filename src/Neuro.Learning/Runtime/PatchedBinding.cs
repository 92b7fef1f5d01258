using System.Security.Cryptography;
using Neuro.Client.Api;

namespace Neuro.Learning.Runtime;

/// <summary>A copy of a native library in the user's cache with one symbol version made optional; named by the original's hash, so a new version makes a new copy.</summary>
internal static class PatchedBinding
{
    /// <exception cref="NeuroException"><c>torch.load_failed</c> when the file holds no such requirement or the cache cannot be written.</exception>
    public static string For(string original, string symbolVersion)
    {
        var library = File.ReadAllBytes(original);
        var copy = Path.Combine(CacheFolder(), $"{Path.GetFileNameWithoutExtension(original)}-{Convert.ToHexStringLower(SHA256.HashData(library))[..16]}.so");
        if (!ElfVersionPatch.MakeOptional(library, symbolVersion))
        {
            throw new NeuroException("torch.load_failed", $"{original} asks for {symbolVersion}, which this system's C++ library lacks, and its version table does not name it. Install libstdc++ of GCC 13 or newer.");
        }

        if (File.Exists(copy) && File.ReadAllBytes(copy).AsSpan().SequenceEqual(library))
        {
            return copy;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var partial = $"{copy}.{Environment.ProcessId}.partial";
            File.WriteAllBytes(partial, library);
            File.Move(partial, copy, overwrite: true);
            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NeuroException("torch.load_failed", $"The patched copy of {original} could not be written to {copy}: {e.Message} Set XDG_CACHE_HOME to a folder that can be written.");
        }
    }

    private static string CacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.IsPathFullyQualified(cache ?? "")
            ? Path.Combine(cache!, "neuro", "torch")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "neuro", "torch");
    }
}
