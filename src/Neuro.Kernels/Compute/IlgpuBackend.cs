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
    private readonly Action<Index1D, View, ViewMemory> tile;
    private readonly Action<Index1D, View, ViewMemory> refine;
    private readonly Action<Index1D, View, ViewMemory> resolve;
    private readonly Action<Index1D, View, ViewMemory, SilhouetteWork, ArrayView<byte>> silhouette;
    private readonly Lock running = new();

    public IlgpuBackend(string name, Context context, Device device)
    {
        Name = name;
        this.context = context;
        accelerator = device.CreateAccelerator(context);
        tile = accelerator.LoadAutoGroupedStreamKernel<Index1D, View, ViewMemory>(Tile);
        refine = accelerator.LoadAutoGroupedStreamKernel<Index1D, View, ViewMemory>(Refine);
        resolve = accelerator.LoadAutoGroupedStreamKernel<Index1D, View, ViewMemory>(Resolve);
        silhouette = accelerator.LoadAutoGroupedStreamKernel<Index1D, View, ViewMemory, SilhouetteWork, ArrayView<byte>>(Cover);
    }

    public string Name { get; }

    public void Render(Scene scene, Frame frame)
    {
        Launch.Check(scene, frame);
        lock (running)
        {
            var view = View.Of(scene, frame);
            var planeSize = Planes.Size(view.Width, view.Height);
            using var nodes = Upload(scene.Nodes);
            using var primitives = Upload(scene.Primitives);
            using var specks = Upload(scene.Specks);
            using var texture = Upload(scene.Texels);
            using var rgb = accelerator.Allocate1D<byte>(frame.Rgb.Length);
            using var depth = accelerator.Allocate1D<float>(frame.Depth.Length);
            using var normals = accelerator.Allocate1D<float>(frame.Normals.Length);
            using var ids = accelerator.Allocate1D<int>(frame.Ids.Length);
            using var planes = accelerator.Allocate1D<float>(view.Deferred != 0 ? Planes.Count * planeSize : 1);
            using var parts = accelerator.Allocate1D<byte>(frame.Parts?.Length ?? 1);
            using var albedo = accelerator.Allocate1D<byte>(frame.Albedo?.Length ?? 1);
            using var shadow = accelerator.Allocate1D<byte>(frame.Shadow?.Length ?? 1);
            using var irradiance = accelerator.Allocate1D<float>(frame.Irradiance?.Length ?? 1);
            using var uv = accelerator.Allocate1D<float>(frame.Uv?.Length ?? 1);
            // All bits set: the keys of the margin are no surface.
            planes.MemSet(0xFF);
            var memory = new ViewMemory
            {
                Nodes = nodes.View.BaseView,
                Primitives = primitives.View.BaseView,
                Specks = specks.View.BaseView,
                Texture = texture.View.BaseView,
                Rgb = rgb.View.BaseView,
                Depth = depth.View.BaseView,
                Normals = normals.View.BaseView,
                Ids = ids.View.BaseView,
                PlaneValues = planes.View.BaseView,
                Parts = parts.View.BaseView,
                Albedo = albedo.View.BaseView,
                Shadow = shadow.View.BaseView,
                Irradiance = irradiance.View.BaseView,
                Uv = uv.View.BaseView,
                PlaneSize = planeSize,
            };
            var pixels = frame.Ids.Length;
            tile(pixels, view, memory);
            if (view.Deferred != 0)
            {
                if (view.Samples > 1 || view.Moves != 0 || view.LensRadius > 0)
                {
                    refine(pixels, view, memory);
                }

                resolve(pixels, view, memory);
            }

            accelerator.Synchronize();
            rgb.CopyToCPU(frame.Rgb);
            depth.CopyToCPU(frame.Depth);
            normals.CopyToCPU(frame.Normals);
            ids.CopyToCPU(frame.Ids);
            Fetch(parts, frame.Parts);
            Fetch(albedo, frame.Albedo);
            Fetch(shadow, frame.Shadow);
            Fetch(irradiance, frame.Irradiance);
            Fetch(uv, frame.Uv);
            frame.Silhouettes = scene.WantsSilhouettes ? Silhouettes.Of(scene, frame.Ids, (work, covered) => Cover(view, memory, work, covered)) : [];
        }
    }

    public void Dispose()
    {
        accelerator.Dispose();
        context.Dispose();
    }

    // The entry points that ILGPU compiles: the generic kernels with their types closed.
    private static void Tile(Index1D pixel, View view, ViewMemory memory) =>
        RenderKernel<Packet1, Mask1, ViewMemory>.Tile(in view, memory, pixel % view.Width, pixel / view.Width);

    private static void Refine(Index1D pixel, View view, ViewMemory memory)
    {
        var wanted = RenderKernel<Packet1, Mask1, ViewMemory>.Unfinished(in view, memory, pixel % view.Width, pixel / view.Width);
        if (wanted.Lane != 0)
        {
            RenderKernel<Packet1, Mask1, ViewMemory>.Refine(in view, memory, new Packet1(pixel % view.Width), new Packet1(pixel / view.Width), wanted);
        }
    }

    private static void Resolve(Index1D pixel, View view, ViewMemory memory) =>
        ResolveKernel<Packet1, Mask1, ViewMemory>.Strip(in view, memory, pixel % view.Width, pixel / view.Width);

    private static void Cover(Index1D pixel, View view, ViewMemory memory, SilhouetteWork work, ArrayView<byte> covered) =>
        covered[pixel] = (byte)(SilhouetteKernel<Packet1, Mask1, ViewMemory>.Tile(in view, memory, in work, work.Left + (pixel / work.Height), work.Top + (pixel % work.Height)).Lane & 1);

    private void Cover(in View view, ViewMemory memory, SilhouetteWork work, Span<byte> covered)
    {
        if (covered.IsEmpty)
        {
            return;
        }

        using var buffer = accelerator.Allocate1D<byte>(covered.Length);
        silhouette(covered.Length, view, memory, work, buffer.View.BaseView);
        accelerator.Synchronize();
        buffer.View.BaseView.CopyToCPU(ref covered[0], covered.Length);
    }

    /// <summary>An empty buffer cannot be made: nothing is sent as one element that nobody reads.</summary>
    private MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(T[] items)
        where T : unmanaged =>
        items.Length > 0 ? accelerator.Allocate1D(items) : accelerator.Allocate1D<T>(1);

    private static void Fetch<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer, T[]? map)
        where T : unmanaged
    {
        if (map is not null)
        {
            buffer.CopyToCPU(map);
        }
    }
}
