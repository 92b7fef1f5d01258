using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Neuro.Kernels.Rendering;

/// <summary>4 × 2 pixels in a 256-bit register.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Packet8(Vector256<float> lanes) : IVector<Packet8, Mask8>
{
    public readonly Vector256<float> Lanes = lanes;

    public static int Columns => 4;

    public static int Rows => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Constant(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Column() => new(Vector256.Create(0f, 1, 2, 3, 0, 1, 2, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Row() => new(Vector256.Create(0f, 0, 0, 0, 1, 1, 1, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Number() => new(Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 operator +(Packet8 a, Packet8 b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 operator -(Packet8 a, Packet8 b) => new(a.Lanes - b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 operator *(Packet8 a, Packet8 b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 operator /(Packet8 a, Packet8 b) => new(a.Lanes / b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Sqrt(Packet8 a) => new(Vector256.Sqrt(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Min(Packet8 a, Packet8 b) => new(Vector256.MinNative(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Max(Packet8 a, Packet8 b) => new(Vector256.MaxNative(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Less(Packet8 a, Packet8 b) => new(Vector256.LessThan(a.Lanes, b.Lanes).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 LessOrEqual(Packet8 a, Packet8 b) => new(Vector256.LessThanOrEqual(a.Lanes, b.Lanes).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 Select(Mask8 mask, Packet8 yes, Packet8 no) => new(Vector256.ConditionalSelect(mask.Lanes.AsSingle(), yes.Lanes, no.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Truncate(Packet8 a) => new(Vector256.ConvertToInt32Native(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 FromInt(Mask8 a) => new(Vector256.ConvertToSingle(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 ToBits(Packet8 a) => new(a.Lanes.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet8 FromBits(Mask8 a) => new(a.Lanes.AsSingle());
}

/// <summary>The integer lanes of <see cref="Packet8"/>.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Mask8(Vector256<int> lanes) : IMask<Mask8>
{
    public readonly Vector256<int> Lanes = lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Constant(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator &(Mask8 a, Mask8 b) => new(a.Lanes & b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator |(Mask8 a, Mask8 b) => new(a.Lanes | b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator ^(Mask8 a, Mask8 b) => new(a.Lanes ^ b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator +(Mask8 a, Mask8 b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 operator *(Mask8 a, Mask8 b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 ShiftLeft(Mask8 a, int bits) => new(Vector256.ShiftLeft(a.Lanes, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 ShiftRight(Mask8 a, int bits) => new(Vector256.ShiftRightLogical(a.Lanes, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Equal(Mask8 a, Mask8 b) => new(Vector256.Equals(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask8 Select(Mask8 mask, Mask8 yes, Mask8 no) => new(Vector256.ConditionalSelect(mask.Lanes, yes.Lanes, no.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask8 mask) => Vector256.ExtractMostSignificantBits(mask.Lanes) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Mask8 mask) => (uint)Vector256.ExtractMostSignificantBits(mask.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int First(Mask8 mask, Mask8 values) =>
        values.Lanes.GetElement(BitOperations.TrailingZeroCount(Vector256.ExtractMostSignificantBits(mask.Lanes)));
}
