using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Neuro.Kernels.Rendering;

/// <summary>4 × 1 pixels in a 128-bit register.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Packet4(Vector128<float> lanes) : IVector<Packet4, Mask4>
{
    public readonly Vector128<float> Lanes = lanes;

    public static int Columns => 4;

    public static int Rows => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Constant(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Column() => new(Vector128.Create(0f, 1, 2, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Row() => new(Vector128.Create(0f, 0, 0, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Number() => new(Vector128.Create(0f, 1, 2, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 operator +(Packet4 a, Packet4 b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 operator -(Packet4 a, Packet4 b) => new(a.Lanes - b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 operator *(Packet4 a, Packet4 b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 operator /(Packet4 a, Packet4 b) => new(a.Lanes / b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Sqrt(Packet4 a) => new(Vector128.Sqrt(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Min(Packet4 a, Packet4 b) => new(Vector128.MinNative(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Max(Packet4 a, Packet4 b) => new(Vector128.MaxNative(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Less(Packet4 a, Packet4 b) => new(Vector128.LessThan(a.Lanes, b.Lanes).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 LessOrEqual(Packet4 a, Packet4 b) => new(Vector128.LessThanOrEqual(a.Lanes, b.Lanes).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 Select(Mask4 mask, Packet4 yes, Packet4 no) => new(Vector128.ConditionalSelect(mask.Lanes.AsSingle(), yes.Lanes, no.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Truncate(Packet4 a) => new(Vector128.ConvertToInt32Native(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 FromInt(Mask4 a) => new(Vector128.ConvertToSingle(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 ToBits(Packet4 a) => new(a.Lanes.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packet4 FromBits(Mask4 a) => new(a.Lanes.AsSingle());
}

/// <summary>The integer lanes of <see cref="Packet4"/>.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Mask4(Vector128<int> lanes) : IMask<Mask4>
{
    public readonly Vector128<int> Lanes = lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Constant(int value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator &(Mask4 a, Mask4 b) => new(a.Lanes & b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator |(Mask4 a, Mask4 b) => new(a.Lanes | b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator ^(Mask4 a, Mask4 b) => new(a.Lanes ^ b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator +(Mask4 a, Mask4 b) => new(a.Lanes + b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 operator *(Mask4 a, Mask4 b) => new(a.Lanes * b.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 ShiftLeft(Mask4 a, int bits) => new(Vector128.ShiftLeft(a.Lanes, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 ShiftRight(Mask4 a, int bits) => new(Vector128.ShiftRightLogical(a.Lanes, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Equal(Mask4 a, Mask4 b) => new(Vector128.Equals(a.Lanes, b.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mask4 Select(Mask4 mask, Mask4 yes, Mask4 no) => new(Vector128.ConditionalSelect(mask.Lanes, yes.Lanes, no.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Mask4 mask) => Vector128.ExtractMostSignificantBits(mask.Lanes) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Mask4 mask) => (uint)Vector128.ExtractMostSignificantBits(mask.Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int First(Mask4 mask, Mask4 values) =>
        values.Lanes.GetElement(BitOperations.TrailingZeroCount(Vector128.ExtractMostSignificantBits(mask.Lanes)));
}
