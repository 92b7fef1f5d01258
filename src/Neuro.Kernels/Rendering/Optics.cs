using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>What the lens lets through: dark corners, specks of dust.</summary>
[SkipLocalsInit]
internal static class Optics<T, TMask, TMemory>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
    where TMemory : struct, IMemory<T, TMask>
{
    /// <summary>Share of the light at a place of the picture, pixels from its upper left corner.</summary>
    [MethodImpl(Inlining.Function)]
    public static T Light(in View view, in TMemory memory, T column, T row)
    {
        var one = T.Constant(1);
        var light = one;
        if (view.Vignette > 0)
        {
            var x = (column * T.Constant(2f / view.Width)) - one;
            var y = (row * T.Constant(2f / view.Height)) - one;
            light -= ((x * x) + (y * y)) * T.Constant(view.Vignette * 0.5f);
        }

        for (var i = 0; i < view.Specks; i++)
        {
            ref var speck = ref memory.Speck(i);
            var x = column - T.Constant(speck.X);
            var y = row - T.Constant(speck.Y);
            var inside = T.Max(one - (((x * x) + (y * y)) * T.Constant(1 / (speck.Radius * speck.Radius))), T.Constant(0));
            light *= one - (inside * T.Constant(speck.Darkness));
        }

        return light;
    }
}
