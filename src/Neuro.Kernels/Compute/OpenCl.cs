using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace Neuro.Kernels.Compute;

/// <summary>OpenCL devices, among them PoCL, which runs GPU code on the processor.</summary>
internal static class OpenCl
{
    private const string Library = "libOpenCL.so.1";
    private static readonly Lazy<BackendInfo> Found = new(Find);

    static OpenCl()
    {
        // ILGPU asks for "OpenCL"; without a development package Linux has only the versioned name.
        if (OperatingSystem.IsLinux())
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) =>
                name.Contains("OpenCL", StringComparison.OrdinalIgnoreCase) && NativeLibrary.TryLoad(Library, out var handle) ? handle : 0);
        }
    }

    public static BackendInfo Describe() => Found.Value;

    public static IlgpuBackend Create(string name)
    {
        var context = Open();
        return new IlgpuBackend(name, context, context.GetCLDevices()[0]);
    }

    private static BackendInfo Find()
    {
        if (OperatingSystem.IsLinux() && !NativeLibrary.TryLoad(Library, out _))
        {
            return new BackendInfo("opencl", false, $"{Library} is missing; a GPU driver or `apt-get install pocl-opencl-icd ocl-icd-libopencl1` brings it");
        }

        try
        {
            using var context = Open();
            var devices = context.GetCLDevices();
            return devices.Count > 0
                ? new BackendInfo("opencl", true, devices[0].Name)
                : new BackendInfo("opencl", false, "OpenCL has no device; `apt-get install pocl-opencl-icd` brings one");
        }
        catch (Exception failure) when (failure is DllNotFoundException or TypeInitializationException or NotSupportedException or CLException or InvalidOperationException)
        {
            return new BackendInfo("opencl", false, $"OpenCL does not start: {failure.Message}");
        }
    }

    private static Context Open() => Context.Create(builder => builder.Optimize(OptimizationLevel.O2).OpenCL(device =>
    {
        // ILGPU refuses devices without the generic address space, which is optional in OpenCL 3.0 and missing in PoCL.
        // The kernel never needs it: it has no atomics, and optimised, all its pointers are known to be global or private.
        var flag = device.Capabilities.GetType().GetProperty(nameof(CLCapabilityContext.GenericAddressSpace));
        flag!.SetValue(device.Capabilities, true);
        return true;
    }));
}
