using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Which pixels a product covers if it stands alone: rays against its own primitives only.</summary>
[SkipLocalsInit]
internal static class SilhouetteKernel<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    /// <summary>The lanes of a tile, pixels of the picture or beyond it, that the product covers.</summary>
    [MethodImpl(Inlining.Function)]
    public static TMask Tile(in View view, in TMemory memory, in SilhouetteWork work, int left, int top)
    {
        var column = T.Constant(left) + T.Column();
        var row = T.Constant(top) + T.Row();
        var half = T.Constant(0.5f);
        var ray = Eye<T, TMask>.Ray(in view, column + half, row + half);
        var inverseY = T.Constant(1) / ray.Y;
        var covered = TMask.Constant(0);
        if (work.Count > 1 && !TMask.Any(Traversal<T, TMask, TMemory>.Hits(in work.Bounds, in ray, T.Constant(1) / ray.X, inverseY, T.Constant(1) / ray.Z, T.Constant(float.PositiveInfinity))))
        {
            return covered;
        }

        for (var i = work.First; i < work.First + work.Count; i++)
        {
            covered |= T.Less(Intersection<T, TMask>.Distance(memory, in ray, inverseY, i), T.Constant(float.PositiveInfinity));
            if (!TMask.Any(covered ^ TMask.Constant(-1)))
            {
                break;
            }
        }

        return covered;
    }
}

/// <summary>A product and the pixels that may show it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SilhouetteWork
{
    public int Id;

    /// <summary>Its primitives.</summary>
    public int First, Count;

    /// <summary>The box around them.</summary>
    public BvhNode Bounds;

    /// <summary>Pixels, multiples of 4; may reach beyond the picture.</summary>
    public int Left, Top, Width, Height;
}
