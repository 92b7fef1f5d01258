using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Compute;

/// <summary>The kernel on the calling thread, a packet of lanes at a time.</summary>
internal sealed class CpuBackend<T, TMask>(string name) : IRenderBackend
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    public string Name => name;

    public unsafe void Render(Scene scene, Frame frame)
    {
        Launch.Check(scene, frame);
        var view = View.Of(scene);
        fixed (BvhNode* nodes = scene.Nodes)
        fixed (Primitive* primitives = scene.Primitives)
        fixed (uint* texels = scene.Texels)
        fixed (byte* rgb = frame.Rgb)
        fixed (float* depth = frame.Depth, normals = frame.Normals)
        fixed (int* ids = frame.Ids, unoccluded = frame.UnoccludedArea)
        {
            var memory = new PointerMemory<T, TMask>
            {
                Nodes = nodes,
                Primitives = primitives,
                Texture = texels,
                Rgb = rgb,
                Depth = depth,
                Normals = normals,
                Ids = ids,
                Unoccluded = unoccluded,
            };
            for (var y = 0; y < view.Height; y += T.Rows)
            {
                for (var x = 0; x < view.Width; x += T.Columns)
                {
                    RenderKernel<T, TMask, PointerMemory<T, TMask>>.Tile(in view, memory, x, y);
                }
            }
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>What every launcher does before its kernel runs.</summary>
internal static class Launch
{
    /// <summary>Refuses a frame of another size, and makes room for the counts.</summary>
    public static void Check(Scene scene, Frame frame)
    {
        if (frame.Width != scene.Width || frame.Height != scene.Height)
        {
            throw new ArgumentException($"The frame is {frame.Width}×{frame.Height} and the scene {scene.Width}×{scene.Height}; make a frame of the scene's size.", nameof(frame));
        }

        var areas = scene.Instances.Count + 1;
        if (frame.UnoccludedArea.Length == areas)
        {
            Array.Clear(frame.UnoccludedArea);
        }
        else
        {
            frame.UnoccludedArea = new int[areas];
        }
    }
}
