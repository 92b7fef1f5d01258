using System.Globalization;

namespace Neuro.Node.Sandbox;

/// <summary>What the process that does the work finds in its environment: what .NET and the kernels need, and nothing else of ours, least of all a key.</summary>
internal static class ChildEnvironment
{
    private static readonly string[] Names = ["PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "NEURO_BACKEND", "SystemRoot"];
    private static readonly string[] Prefixes = ["LC_", "DOTNET_", "OMP_", "MKL_", "CUDA_", "NVIDIA_", "OCL_", "POCL_"];

    /// <summary>Changes our environment into that of the child.</summary>
    /// <param name="home">Its home and the place of its temporary files.</param>
    /// <param name="memory">The most that it may hold, bytes.</param>
    public static void Scrub(IDictionary<string, string?> environment, string home, long memory)
    {
        foreach (var name in environment.Keys.Where(name => !Names.Contains(name, StringComparer.OrdinalIgnoreCase) && !Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList())
        {
            environment.Remove(name);
        }

        foreach (var name in new[] { "HOME", "TMPDIR", "TEMP", "TMP" })
        {
            environment[name] = home;
        }

        // Compiled kernels and the patched binding of libtorch outlive a child: they are expensive, and no secret.
        var cache = Cache();
        environment["XDG_CACHE_HOME"] = cache;
        environment.TryAdd("CUDA_CACHE_PATH", Path.Combine(cache, "neuro", "cuda"));

        // The runtime collects harder, and then says in order that memory is short, before it has to be killed for it.
        environment["DOTNET_GCHeapHardLimit"] = (memory / 8 * 7).ToString("X", CultureInfo.InvariantCulture);
        environment["DOTNET_EnableDiagnostics"] = "0"; // No door by which others could look in.
    }

    private static string Cache() => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } set && Path.IsPathFullyQualified(set)
        ? set
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");
}
