using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Neuro.Kernels.Rendering;

/// <summary>4 × 4 pixels in a 512-bit register.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Packet16(Vector512<float> lanes) : IVector<Packet16, Mask16>
{
    public readonly Vector512<float> Lanes = lanes;

    public static int Columns => 4;

    public static int Rows => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Constant(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Column() => new(Vector512.Create(0f, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Row() => new(Vector512.Create(0f, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Number() => new(Vector512.Create(0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 operator +(Packet16 a, Packet16 b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 operator -(Packet16 a, Packet16 b) => new(a.Lanes - b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 operator *(Packet16 a, Packet16 b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 operator /(Packet16 a, Packet16 b) => new(a.Lanes / b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Sqrt(Packet16 a) => new(Vector512.Sqrt(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Min(Packet16 a, Packet16 b) => new(Vector512.MinNative(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Max(Packet16 a, Packet16 b) => new(Vector512.MaxNative(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Less(Packet16 a, Packet16 b) => new(Vector512.LessThan(a.Lanes, b.Lanes).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 LessOrEqual(Packet16 a, Packet16 b) => new(Vector512.LessThanOrEqual(a.Lanes, b.Lanes).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 Select(Mask16 mask, Packet16 yes, Packet16 no) => new(Vector512.ConditionalSelect(mask.Lanes.AsSingle(), yes.Lanes, no.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Truncate(Packet16 a) => new(Vector512.ConvertToInt32Native(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 FromInt(Mask16 a) => new(Vector512.ConvertToSingle(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 ToBits(Packet16 a) => new(a.Lanes.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet16 FromBits(Mask16 a) => new(a.Lanes.AsSingle());
}

/// <summary>The integer lanes of <see cref="Packet16"/>.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Mask16(Vector512<int> lanes) : IMask<Mask16>
{
    public readonly Vector512<int> Lanes = lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Constant(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator &(Mask16 a, Mask16 b) => new(a.Lanes & b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator |(Mask16 a, Mask16 b) => new(a.Lanes | b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator ^(Mask16 a, Mask16 b) => new(a.Lanes ^ b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator +(Mask16 a, Mask16 b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 operator *(Mask16 a, Mask16 b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 ShiftLeft(Mask16 a, int bits) => new(Vector512.ShiftLeft(a.Lanes, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 ShiftRight(Mask16 a, int bits) => new(Vector512.ShiftRightLogical(a.Lanes, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Equal(Mask16 a, Mask16 b) => new(Vector512.Equals(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask16 Select(Mask16 mask, Mask16 yes, Mask16 no) => new(Vector512.ConditionalSelect(mask.Lanes, yes.Lanes, no.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask16 mask) => Vector512.ExtractMostSignificantBits(mask.Lanes) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Mask16 mask) => (uint)Vector512.ExtractMostSignificantBits(mask.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int First(Mask16 mask, Mask16 values) =>
        values.Lanes.GetElement(BitOperations.TrailingZeroCount(Vector512.ExtractMostSignificantBits(mask.Lanes)));
}
