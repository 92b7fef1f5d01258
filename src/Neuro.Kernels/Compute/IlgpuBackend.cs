using ILGPU;
using ILGPU.Runtime;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Compute;

/// <summary>The kernel on an ILGPU accelerator: one thread a pixel.</summary>
internal sealed class IlgpuBackend : IRenderBackend
{
    private readonly Context context;
    private readonly Accelerator accelerator;
    private readonly Action<Index1D, View, ViewMemory> kernel;
    private readonly Lock running = new();

    public IlgpuBackend(string name, Context context, Device device)
    {
        Name = name;
        this.context = context;
        accelerator = device.CreateAccelerator(context);
        kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, View, ViewMemory>(Pixel);
    }

    public string Name { get; }

    public void Render(Scene scene, Frame frame)
    {
        Launch.Check(scene, frame);
        lock (running)
        {
            // A stream of its own memory per picture; an empty buffer cannot be made, so each has one spare element.
            using var nodes = Upload(scene.Nodes);
            using var primitives = Upload(scene.Primitives);
            using var texture = Upload(scene.Texels);
            using var rgb = accelerator.Allocate1D<byte>(frame.Rgb.Length);
            using var depth = accelerator.Allocate1D<float>(frame.Depth.Length);
            using var normals = accelerator.Allocate1D<float>(frame.Normals.Length);
            using var ids = accelerator.Allocate1D<int>(frame.Ids.Length);
            using var unoccluded = accelerator.Allocate1D(frame.UnoccludedArea);
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
            kernel(frame.Ids.Length, View.Of(scene), memory);
            accelerator.Synchronize();
            rgb.CopyToCPU(frame.Rgb);
            depth.CopyToCPU(frame.Depth);
            normals.CopyToCPU(frame.Normals);
            ids.CopyToCPU(frame.Ids);
            unoccluded.CopyToCPU(frame.UnoccludedArea);
        }
    }

    public void Dispose()
    {
        accelerator.Dispose();
        context.Dispose();
    }

    /// <summary>The entry point that ILGPU compiles: the generic kernel with its types closed.</summary>
    private static void Pixel(Index1D index, View view, ViewMemory memory) =>
        RenderKernel<Packet1, Mask1, ViewMemory>.Tile(in view, memory, index % view.Width, index / view.Width);

    private MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(T[] items)
        where T : unmanaged =>
        items.Length > 0 ? accelerator.Allocate1D(items) : accelerator.Allocate1D<T>(1);
}
