using System.Runtime.CompilerServices;
using ILGPU;

namespace Neuro.Kernels.Rendering;

/// <summary>One pixel in one register: a GPU's lane, and the plainest CPU.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Packet1(float lane) : IVector<Packet1, Mask1>
{
    public readonly float Lane = lane;

    public static int Columns => 1;

    public static int Rows => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Constant(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Column() => new(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Row() => new(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Number() => new(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 operator +(Packet1 a, Packet1 b) => new(a.Lane + b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 operator -(Packet1 a, Packet1 b) => new(a.Lane - b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 operator *(Packet1 a, Packet1 b) => new(a.Lane * b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 operator /(Packet1 a, Packet1 b) => new(a.Lane / b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Sqrt(Packet1 a) => new(MathF.Sqrt(a.Lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Min(Packet1 a, Packet1 b) => new(a.Lane < b.Lane ? a.Lane : b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Max(Packet1 a, Packet1 b) => new(a.Lane > b.Lane ? a.Lane : b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Less(Packet1 a, Packet1 b) => new(a.Lane < b.Lane ? -1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 LessOrEqual(Packet1 a, Packet1 b) => new(a.Lane <= b.Lane ? -1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 Select(Mask1 mask, Packet1 yes, Packet1 no) => new(mask.Lane != 0 ? yes.Lane : no.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Truncate(Packet1 a) => new((int)a.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 FromInt(Mask1 a) => new(a.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 ToBits(Packet1 a) => new((int)Interop.FloatAsInt(a.Lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet1 FromBits(Mask1 a) => new(Interop.IntAsFloat((uint)a.Lane));
}

/// <summary>The integer lane of <see cref="Packet1"/>.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Mask1(int lane) : IMask<Mask1>
{
    public readonly int Lane = lane;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Constant(int value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator &(Mask1 a, Mask1 b) => new(a.Lane & b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator |(Mask1 a, Mask1 b) => new(a.Lane | b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator ^(Mask1 a, Mask1 b) => new(a.Lane ^ b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator +(Mask1 a, Mask1 b) => new(a.Lane + b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 operator *(Mask1 a, Mask1 b) => new(a.Lane * b.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 ShiftLeft(Mask1 a, int bits) => new(a.Lane << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 ShiftRight(Mask1 a, int bits) => new((int)((uint)a.Lane >> bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Equal(Mask1 a, Mask1 b) => new(a.Lane == b.Lane ? -1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask1 Select(Mask1 mask, Mask1 yes, Mask1 no) => new(mask.Lane != 0 ? yes.Lane : no.Lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask1 mask) => mask.Lane != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Mask1 mask) => (uint)mask.Lane & 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int First(Mask1 mask, Mask1 values) => values.Lane;
}
