using ILGPU;
using ILGPU.Runtime;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Compute;

/// <summary>The kernel on an ILGPU accelerator: one thread for a short run of pixels.</summary>
/// <remarks>Each thread counts into a table of its own, and the tables are added up afterwards: atomics would need OpenCL's generic address space, which PoCL lacks.</remarks>
internal sealed class IlgpuBackend : IRenderBackend
{
    private const int RunLength = 32;

    private readonly Context context;
    private readonly Accelerator accelerator;
    private readonly Action<Index1D, View, ViewMemory> kernel;
    private readonly Lock running = new();

    public IlgpuBackend(string name, Context context, Device device)
    {
        Name = name;
        this.context = context;
        accelerator = device.CreateAccelerator(context);
        kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, View, ViewMemory>(Run);
    }

    public string Name { get; }

    public void Render(Scene scene, Frame frame)
    {
        Launch.Check(scene, frame);
        lock (running)
        {
            var pixels = frame.Ids.Length;
            var runs = (pixels + RunLength - 1) / RunLength;
            var areas = frame.UnoccludedArea.Length;
            using var nodes = Upload(scene.Nodes);
            using var primitives = Upload(scene.Primitives);
            using var texture = Upload(scene.Texels);
            using var rgb = accelerator.Allocate1D<byte>(frame.Rgb.Length);
            using var depth = accelerator.Allocate1D<float>(frame.Depth.Length);
            using var normals = accelerator.Allocate1D<float>(frame.Normals.Length);
            using var ids = accelerator.Allocate1D<int>(frame.Ids.Length);
            using var unoccluded = accelerator.Allocate1D<int>((long)runs * areas);
            unoccluded.MemSetToZero();
            var memory = new ViewMemory
            {
                Nodes = nodes.View.BaseView,
                Primitives = primitives.View.BaseView,
                Texture = texture.View.BaseView,
                Rgb = rgb.View.BaseView,
                Depth = depth.View.BaseView,
                Normals = normals.View.BaseView,
                Ids = ids.View.BaseView,
                Unoccluded = unoccluded.View.BaseView,
            };
            kernel(runs, View.Of(scene), memory);
            accelerator.Synchronize();
            rgb.CopyToCPU(frame.Rgb);
            depth.CopyToCPU(frame.Depth);
            normals.CopyToCPU(frame.Normals);
            ids.CopyToCPU(frame.Ids);
            var counts = unoccluded.GetAsArray1D();
            for (var i = 0; i < counts.Length; i++)
            {
                frame.UnoccludedArea[i % areas] += counts[i];
            }
        }
    }

    public void Dispose()
    {
        accelerator.Dispose();
        context.Dispose();
    }

    /// <summary>The entry point that ILGPU compiles: the generic kernel with its types closed.</summary>
    private static void Run(Index1D run, View view, ViewMemory memory)
    {
        var areas = memory.Unoccluded.Length / ((((long)view.Width * view.Height) + RunLength - 1) / RunLength);
        memory.Unoccluded = memory.Unoccluded.SubView(run * areas, areas);
        for (var i = 0; i < RunLength; i++)
        {
            var pixel = (run * RunLength) + i;
            if (pixel < view.Width * view.Height)
            {
                RenderKernel<Packet1, Mask1, ViewMemory>.Tile(in view, memory, pixel % view.Width, pixel / view.Width);
            }
        }
    }

    /// <summary>An empty buffer cannot be made: nothing is sent as one element that nobody reads.</summary>
    private MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(T[] items)
        where T : unmanaged =>
        items.Length > 0 ? accelerator.Allocate1D(items) : accelerator.Allocate1D<T>(1);
}
