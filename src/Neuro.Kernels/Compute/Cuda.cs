using ILGPU;
using ILGPU.Runtime.Cuda;

namespace Neuro.Kernels.Compute;

/// <summary>NVIDIA devices through their driver.</summary>
internal static class Cuda
{
    private static readonly Lazy<BackendInfo> Found = new(Find);

    public static BackendInfo Describe() => Found.Value;

    public static IlgpuBackend Create(string name)
    {
        var context = Open();
        return new IlgpuBackend(name, context, context.GetCudaDevices()[0]);
    }

    private static BackendInfo Find()
    {
        try
        {
            using var context = Open();
            var devices = context.GetCudaDevices();
            return devices.Count > 0 ? new BackendInfo("cuda", true, devices[0].Name) : new BackendInfo("cuda", false, "no NVIDIA device is found; it needs one and its driver");
        }
        catch (Exception failure) when (failure is DllNotFoundException or TypeInitializationException or NotSupportedException or CudaException or InvalidOperationException)
        {
            return new BackendInfo("cuda", false, $"CUDA does not start: {failure.Message}");
        }
    }

    private static Context Open() => Context.Create(builder => builder.Optimize(OptimizationLevel.O2).Cuda());
}
