using System.Reflection;
using System.Runtime.InteropServices;
using Neuro.Client.Api;
using TorchSharp;

namespace Neuro.Learning.Runtime;

/// <summary>Brings libtorch into the process, on systems older than the ones it was built for too.</summary>
/// <remarks>
/// The original binding is tried first. Where the C++ library is older than GCC 13 it fails on one symbol version
/// (<c>GLIBCXX_3.4.32</c>) that only marks when iostreams start; a copy with that one requirement made weak then loads (<see cref="ElfVersionPatch"/>).
/// libtorch is loaded by full path before it: two copies of it in one process abort.
/// </remarks>
public static class TorchRuntime
{
    private const string Binding = "LibTorchSharp";
    private const string BindingFile = "libLibTorchSharp.so";
    private const string NewSymbolVersion = "GLIBCXX_3.4.32";
    private static readonly string[] LibTorch = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    /// <summary>Beside them in a build with <c>-p:TorchNatives=cuda</c>.</summary>
    private static readonly string[] LibTorchCuda = ["libc10_cuda.so", "libtorch_cuda.so"];
    private static readonly Lock Gate = new();
    private static nint binding;
    private static string? description;
    private static bool hasCudaNatives;

    /// <summary>Where models are trained: the first CUDA device if its natives and a driver are there, else the processor. To be asked after <see cref="Load"/>.</summary>
    /// <remarks>Without the natives TorchSharp is not asked: it would go and look for them, and load a second libtorch.</remarks>
    internal static torch.Device Device => hasCudaNatives && torch.cuda.is_available() ? torch.CUDA : torch.CPU;

    /// <summary>Loads libtorch once; later calls return at once. Call it before the first use of <c>torch</c>.</summary>
    /// <exception cref="NeuroException"><c>torch.unsupported</c>, <c>torch.missing</c> or <c>torch.load_failed</c>, with the file and the reason.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (binding != 0)
            {
                return;
            }

            QuietIdleThreads();
            if (!OperatingSystem.IsLinux())
            {
                NativeLibrary.TryLoad(Binding, typeof(torch).Assembly, null, out binding);
                binding = binding == 0 ? throw Unsupported() : binding;
                description = $"TorchSharp as installed on {RuntimeInformation.RuntimeIdentifier}";
                return;
            }

            var folder = NativeFolder();
            hasCudaNatives = LibTorchCuda.All(file => File.Exists(Path.Combine(folder, file)));
            foreach (var library in hasCudaNatives ? [.. LibTorch[..^1], .. LibTorchCuda, LibTorch[^1]] : LibTorch)
            {
                LoadLibrary(Path.Combine(folder, library));
            }

            var loaded = LoadBinding(Path.Combine(folder, BindingFile), out var how);
            NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, assembly, paths) => name == Binding ? loaded : 0);
            binding = loaded;
            description = $"libtorch {Version()} ({(hasCudaNatives ? "CPU and CUDA" : "CPU")}), {how}";
        }
    }

    /// <summary>One line for <c>neuro doctor</c>: the version of libtorch and how it was loaded, or why it cannot be.</summary>
    public static string Describe()
    {
        try
        {
            Load();
            return description!;
        }
        catch (NeuroException e)
        {
            return e.Message;
        }
    }

    /// <summary>The binding itself, or its patched copy where the system's C++ library is too old for it.</summary>
    private static nint LoadBinding(string original, out string how)
    {
        try
        {
            how = "original binding";
            return NativeLibrary.Load(original);
        }
        catch (DllNotFoundException e) when (e.Message.Contains(NewSymbolVersion, StringComparison.Ordinal))
        {
            var copy = PatchedBinding.For(original, NewSymbolVersion);
            how = $"binding patched for a C++ library without {NewSymbolVersion}: {copy}";
            return LoadLibrary(copy);
        }
        catch (DllNotFoundException e)
        {
            throw Failed(original, e);
        }
    }

    private static nint LoadLibrary(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw Failed(path, e);
        }
    }

    /// <summary>The folder that holds the natives: the application's own, or one of the host's probing folders (scripts run out of the package cache).</summary>
    private static string NativeFolder()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw Unsupported();
        }

        var probing = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var beside = Path.GetDirectoryName(typeof(TorchRuntime).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;
        string[] candidates =
        [
            .. new[] { AppContext.BaseDirectory, beside }.Distinct().SelectMany(root => new[] { Path.Combine(root, "runtimes", "linux-x64", "native"), root }),
            .. probing,
        ];
        return candidates.FirstOrDefault(folder => LibTorch.Append(BindingFile).All(file => File.Exists(Path.Combine(folder, file))))
            ?? throw new NeuroException("torch.missing", $"{BindingFile} and {string.Join(", ", LibTorch)} lie in none of {string.Join(", ", candidates.Distinct())}. Build the project again so that the packages' natives are copied.");
    }

    /// <summary>Idle OpenMP threads sleep rather than spin: data threads and other processes share the cores. Must be set before libgomp is loaded.</summary>
    private static void QuietIdleThreads()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = SetEnvironment("OMP_WAIT_POLICY", "passive", 0);
        }
    }

    private static string Version() => typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] is { } version
        ? $"through TorchSharp {version}"
        : "through TorchSharp";

    private static NeuroException Unsupported() =>
        new("torch.unsupported", $"Training needs libtorch, which is packaged here for linux-x64; this machine is {RuntimeInformation.RuntimeIdentifier}. Rendering and evaluation work without it.");

    private static NeuroException Failed(string path, Exception e) =>
        new("torch.load_failed", $"{path} could not be loaded: {e.Message.Trim()}");

    // .NET's own Environment.SetEnvironmentVariable stays inside the runtime; native code reads libc's table.
    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
