using System.Runtime.CompilerServices;

namespace Neuro.Kernels.Rendering;

/// <summary>Elementary functions of lanes from plain arithmetic, the same bits on every machine.</summary>
[SkipLocalsInit]
internal static class Numerics<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    private const float Tiny = 1e-12f;

    /// <summary><paramref name="a"/> moved off zero, so that it can be divided by.</summary>
    [MethodImpl(Inlining.Small)]
    public static T NonZero(T a) => T.Select(T.LessOrEqual(a * a, T.Constant(Tiny * Tiny)), T.Constant(Tiny), a);

    [MethodImpl(Inlining.Small)]
    public static T Clamp01(T a) => T.Max(T.Min(a, T.Constant(1)), T.Constant(0));

    /// <summary><paramref name="a"/> to the power <paramref name="exponent"/> (0.1 to 10), for a from 0 to 1, to 2e-4; what is below 1e-6 counts as 0.</summary>
    /// <remarks>2^(e · log2 a): log2 by the series of artanh on [√½, √2], 2^x by its Taylor series on [−1, 0].</remarks>
    [MethodImpl(Inlining.Small)]
    public static T Power(T a, float exponent) => exponent == 1 ? a : RealPower(a, exponent);

    [MethodImpl(Inlining.Function)]
    private static T RealPower(T a, float exponent)
    {
        var bits = T.ToBits(T.Max(a, T.Constant(1e-6f)));
        // Subtracting the bits of √½ before taking the exponent field puts the mantissa between √½ and √2.
        var shifted = bits + TMask.Constant(0x3f800000 - 0x3f3504f3);
        var mantissa = T.FromBits((shifted & TMask.Constant(0x007fffff)) + TMask.Constant(0x3f3504f3));
        var whole = T.FromInt(TMask.ShiftRight(shifted, 23) + TMask.Constant(-127));
        var s = (mantissa - T.Constant(1)) / (mantissa + T.Constant(1));
        var s2 = s * s;
        var log = whole + (s * (T.Constant(2.8853901f) + (s2 * (T.Constant(0.9617967f) + (s2 * T.Constant(0.5770780f))))));
        var power = T.Max(log * T.Constant(exponent), T.Constant(-100));
        var floor = T.Truncate(power);
        var x = power - T.FromInt(floor);
        // The argument is at most 1, so the truncated part is an upper bound up to rounding, and x is in [−1, 0].
        var series = T.Constant(1) + (x * (T.Constant(0.69314718f) + (x * (T.Constant(0.24022651f) + (x * (T.Constant(0.05550411f) + (x * (T.Constant(0.00961813f) + (x * T.Constant(0.00133336f))))))))));
        var scale = T.FromBits(TMask.ShiftLeft(floor + TMask.Constant(127), 23));
        return T.Select(T.Less(a, T.Constant(1e-6f)), T.Constant(0), series * scale);
    }

    /// <summary>The angle of (<paramref name="y"/>, <paramref name="x"/>) from the x axis in turns, −½ to ½, to 1e-5.</summary>
    /// <remarks>arctan on [−1, 1] by the odd polynomial of Hastings (Approximations for Digital Computers, 1955, sheet 11). A point within 1e-30 of the axis gets an angle that is not NaN and means nothing.</remarks>
    [MethodImpl(Inlining.Function)]
    public static T Turns(T y, T x)
    {
        var zero = T.Constant(0);
        var ax = T.Max(x, zero - x);
        var ay = T.Max(y, zero - y);
        var steep = T.Less(ax, ay);
        var ratio = T.Min(ax, ay) / T.Max(T.Max(ax, ay), T.Constant(1e-30f));
        var r2 = ratio * ratio;
        var angle = ratio * (T.Constant(0.99986602f) + (r2 * (T.Constant(-0.33029950f) + (r2 * (T.Constant(0.18014100f) + (r2 * (T.Constant(-0.08513300f) + (r2 * T.Constant(0.02083510f)))))))));
        angle = T.Select(steep, T.Constant(1.57079633f) - angle, angle);
        angle = T.Select(T.Less(x, zero), T.Constant(3.14159265f) - angle, angle);
        angle = T.Select(T.Less(y, zero), zero - angle, angle);
        return angle * T.Constant(0.15915494f);
    }

    /// <summary>Cosine and sine of an angle of 0 to 1 turns, to 2e-5.</summary>
    /// <remarks>The Taylor series of both on [−⅛, ⅛] turns from the nearest quarter.</remarks>
    [MethodImpl(Inlining.Function)]
    public static void CosSin(T turns, out T cos, out T sin)
    {
        var quarter = T.Truncate((turns * T.Constant(4)) + T.Constant(0.5f));
        var x = (turns - (T.FromInt(quarter) * T.Constant(0.25f))) * T.Constant(6.28318531f);
        var x2 = x * x;
        var c = T.Constant(1) + (x2 * (T.Constant(-0.5f) + (x2 * (T.Constant(0.041666667f) + (x2 * T.Constant(-0.0013888889f))))));
        var s = x * (T.Constant(1) + (x2 * (T.Constant(-0.16666667f) + (x2 * (T.Constant(0.0083333333f) + (x2 * T.Constant(-0.00019841270f)))))));
        // A quarter more turns (c, s) into (−s, c); odd quarters swap, the second bit of the quarter and of the next one says the signs.
        var odd = TMask.Equal(quarter & TMask.Constant(1), TMask.Constant(1));
        var zero = T.Constant(0);
        var nextQuarter = quarter + TMask.Constant(1);
        var (a, b) = (T.Select(odd, s, c), T.Select(odd, c, s));
        cos = T.Select(TMask.Equal(nextQuarter & TMask.Constant(2), TMask.Constant(2)), zero - a, a);
        sin = T.Select(TMask.Equal(quarter & TMask.Constant(2), TMask.Constant(2)), zero - b, b);
    }
}
