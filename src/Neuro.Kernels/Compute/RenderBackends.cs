using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.Runtime.CPU;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Compute;

/// <summary>A backend and whether this machine can run it.</summary>
/// <param name="Name">What <see cref="RenderBackends.Create"/> takes.</param>
/// <param name="Available">Whether it can be created here.</param>
/// <param name="Reason">One line: what it runs on, or what is missing.</param>
public sealed record BackendInfo(string Name, bool Available, string Reason);

/// <summary>The machines that can run the render kernel, best first.</summary>
public static class RenderBackends
{
    private static readonly string[] Names = ["cuda", "simd512", "simd256", "simd128", "scalar", "opencl", "ilgpu-cpu"];

    /// <summary>All backends in order of preference, with what this machine says to each.</summary>
    public static IReadOnlyList<BackendInfo> All => [.. Names.Select(Describe)];

    /// <summary>The backend called <paramref name="name"/>; without a name that of NEURO_BACKEND; else the first that is available.</summary>
    /// <exception cref="BackendException"><c>backend.unknown</c>: no such name; <c>backend.unavailable</c>: this machine cannot run it.</exception>
    public static IRenderBackend Create(string? name = null)
    {
        name ??= Environment.GetEnvironmentVariable("NEURO_BACKEND");
        if (string.IsNullOrWhiteSpace(name))
        {
            name = Vector512.IsHardwareAccelerated ? "simd512" : Vector256.IsHardwareAccelerated ? "simd256" : Vector128.IsHardwareAccelerated ? "simd128" : "scalar";
        }

        // Only the wanted one is asked: looking for OpenCL devices takes a moment.
        var known = Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new BackendException("backend.unknown", $"There is no render backend '{name}'. Known are {string.Join(", ", Names)}.");
        var backend = Describe(known);
        if (!backend.Available)
        {
            throw new BackendException("backend.unavailable", $"Render backend '{backend.Name}' cannot run here: {backend.Reason}. Available are {string.Join(", ", All.Where(other => other.Available).Select(other => other.Name))}.");
        }

        return backend.Name switch
        {
            "simd512" => new CpuBackend<Packet16, Mask16>(backend.Name),
            "simd256" => new CpuBackend<Packet8, Mask8>(backend.Name),
            "simd128" => new CpuBackend<Packet4, Mask4>(backend.Name),
            "scalar" => new CpuBackend<Packet1, Mask1>(backend.Name),
            "cuda" => Cuda.Create(backend.Name),
            "opencl" => OpenCl.Create(backend.Name),
            _ => EmulatedGpu(backend.Name),
        };
    }

    private static BackendInfo Describe(string name) => name switch
    {
        "simd512" => new(name, Vector512.IsHardwareAccelerated, Vector512.IsHardwareAccelerated ? "16 lanes" : "the processor has no AVX-512"),
        "simd256" => new(name, Vector256.IsHardwareAccelerated, Vector256.IsHardwareAccelerated ? "8 lanes" : "the processor has no AVX2"),
        "simd128" => new(name, Vector128.IsHardwareAccelerated, Vector128.IsHardwareAccelerated ? "4 lanes" : "the processor has no 128-bit vectors"),
        "cuda" => Cuda.Describe(),
        "scalar" => new(name, true, "one lane, any processor"),
        "opencl" => OpenCl.Describe(),
        _ => new(name, true, "emulates a GPU on the processor: slow, for checking the GPU code"),
    };

    private static IlgpuBackend EmulatedGpu(string name)
    {
        // One warp of two threads is the least slow way to emulate.
        var device = new CPUDevice(2, 1, 1);
        var context = Context.Create(builder => builder.CPU(device));
        return new IlgpuBackend(name, context, device);
    }
}

/// <summary>A backend that does not exist or cannot run on this machine.</summary>
public sealed class BackendException(string code, string message) : KernelsException(code, message);
