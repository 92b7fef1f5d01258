using System.Numerics;
using System.Runtime.CompilerServices;
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
        var view = View.Of(scene, frame);
        var (wide, levelCount) = WideTree.Of(scene.Nodes);
        fixed (BvhNode* nodes = scene.Nodes)
        fixed (WideNode* wideNodes = wide)
        fixed (BeamLevel* levels = new BeamLevel[levelCount])
        fixed (Primitive* primitives = scene.Primitives)
        fixed (Speck* specks = scene.Specks)
        fixed (uint* texels = scene.Texels)
        fixed (byte* rgb = frame.Rgb, parts = frame.Parts, albedo = frame.Albedo, shadow = frame.Shadow)
        fixed (float* depth = frame.Depth, normals = frame.Normals, irradiance = frame.Irradiance, uv = frame.Uv, planes = view.Deferred != 0 ? frame.Planes : null)
        fixed (int* ids = frame.Ids)
        {
            var memory = new PointerMemory<T, TMask>
            {
                Nodes = nodes,
                WideNodes = wideNodes,
                Levels = levels,
                Primitives = primitives,
                Specks = specks,
                Texture = texels,
                Rgb = rgb,
                Depth = depth,
                Normals = normals,
                Ids = ids,
                PlaneValues = planes,
                PlaneSize = Planes.Size(view.Width, view.Height),
                Parts = parts,
                Albedo = albedo,
                Shadow = shadow,
                Irradiance = irradiance,
                Uv = uv,
            };
            Trace(in view, memory);
            frame.Silhouettes = scene.WantsSilhouettes ? Silhouettes.Of(scene, frame.Ids, (work, covered) => Cover(in view, memory, in work, covered)) : [];
        }
    }

    public void Dispose()
    {
    }

    [MethodImpl(Inlining.Function)]
    private static unsafe void Trace(in View view, PointerMemory<T, TMask> memory)
    {
        for (var y = 0; y < view.Height; y += T.Rows)
        {
            for (var x = 0; x < view.Width; x += T.Columns)
            {
                RenderKernel<T, TMask, PointerMemory<T, TMask>>.Tile(in view, memory, x, y);
            }
        }

        if (view.Deferred == 0)
        {
            return;
        }

        if (view.Samples > 1 || view.Moves != 0 || view.LensRadius > 0)
        {
            Refine(in view, memory);
        }

        for (var y = 0; y < view.Height; y++)
        {
            for (var x = 0; x < view.Width; x += sizeof(T) / sizeof(float))
            {
                ResolveKernel<T, TMask, PointerMemory<T, TMask>>.Strip(in view, memory, x, y);
            }
        }
    }

    /// <summary>Gathers the unfinished pixels, tile by tile, into full packets.</summary>
    [MethodImpl(Inlining.Function)]
    private static unsafe void Refine(in View view, PointerMemory<T, TMask> memory)
    {
        var lanes = sizeof(T) / sizeof(float);
        var columns = stackalloc int[lanes];
        var rows = stackalloc int[lanes];
        var count = 0;
        for (var y = 0; y < view.Height; y += T.Rows)
        {
            for (var x = 0; x < view.Width; x += T.Columns)
            {
                for (var bits = TMask.Bits(RenderKernel<T, TMask, PointerMemory<T, TMask>>.Unfinished(in view, memory, x, y)); bits != 0; bits &= bits - 1)
                {
                    var lane = BitOperations.TrailingZeroCount(bits);
                    (columns[count], rows[count]) = (x + (lane % T.Columns), y + (lane / T.Columns));
                    if (++count == lanes)
                    {
                        Refine(in view, memory, columns, rows, count);
                        count = 0;
                    }
                }
            }
        }

        if (count > 0)
        {
            // The lanes left over do nothing, at a place that exists.
            for (var lane = count; lane < lanes; lane++)
            {
                (columns[lane], rows[lane]) = (columns[0], rows[0]);
            }

            Refine(in view, memory, columns, rows, count);
        }
    }

    private static unsafe void Refine(in View view, in PointerMemory<T, TMask> memory, int* columns, int* rows, int count)
    {
        var wanted = T.Less(T.Number(), T.Constant(count));
        RenderKernel<T, TMask, PointerMemory<T, TMask>>.Refine(in view, in memory, T.FromInt(*(TMask*)columns), T.FromInt(*(TMask*)rows), wanted);
    }

    [MethodImpl(Inlining.Function)]
    private static unsafe void Cover(in View view, PointerMemory<T, TMask> memory, in SilhouetteWork work, Span<byte> covered)
    {
        for (var y = 0; y < work.Height; y += T.Rows)
        {
            for (var x = 0; x < work.Width; x += T.Columns)
            {
                // Where the whole tile shows the product, the same rays have met it before.
                var bits = memory.Shows(in view, work.Left + x, work.Top + y, work.Id)
                    ? uint.MaxValue
                    : TMask.Bits(SilhouetteKernel<T, TMask, PointerMemory<T, TMask>>.Tile(in view, memory, in work, work.Left + x, work.Top + y));
                if (bits != 0)
                {
                    Mark(bits, covered[((x * work.Height) + y)..], work.Height);
                }
            }
        }
    }

    /// <summary>Spreads a tile's bits, row by row, over bytes, column by column.</summary>
    private static void Mark(uint bits, Span<byte> columns, int height)
    {
        for (var column = 0; column < T.Columns; column++)
        {
            for (var row = 0; row < T.Rows; row++)
            {
                columns[(column * height) + row] = (byte)(bits >> ((row * T.Columns) + column) & 1);
            }
        }
    }
}

/// <summary>What every launcher does before its kernel runs.</summary>
internal static class Launch
{
    /// <summary>Refuses a frame of another size.</summary>
    public static void Check(Scene scene, Frame frame)
    {
        if (frame.Width != scene.Width || frame.Height != scene.Height)
        {
            throw new ArgumentException($"The frame is {frame.Width}×{frame.Height} and the scene {scene.Width}×{scene.Height}; make a frame of the scene's size.", nameof(frame));
        }
    }
}
