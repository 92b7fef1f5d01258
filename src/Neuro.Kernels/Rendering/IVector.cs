namespace Neuro.Kernels.Rendering;

/// <summary>A packet of single-precision lanes, one ray each: the type the kernels are written against.</summary>
/// <remarks>
/// Every operation is the IEEE one on every machine, and none is fused with another, so all instances give the same bits.
/// A packet covers a small tile of the picture, <see cref="Columns"/> × <see cref="Rows"/> pixels.
/// </remarks>
internal interface IVector<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    static abstract int Columns { get; }

    static abstract int Rows { get; }

    static abstract T Constant(float value);

    /// <summary>Each lane's column within its tile: 0, 1, …</summary>
    static abstract T Column();

    /// <summary>Each lane's row within its tile.</summary>
    static abstract T Row();

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T Sqrt(T a);

    /// <summary><c>a &lt; b ? a : b</c>, also for NaN and signed zeros.</summary>
    static abstract T Min(T a, T b);

    /// <summary><c>a &gt; b ? a : b</c>, also for NaN and signed zeros.</summary>
    static abstract T Max(T a, T b);

    static abstract TMask Less(T a, T b);

    static abstract TMask LessOrEqual(T a, T b);

    static abstract T Select(TMask mask, T yes, T no);

    /// <summary>Towards zero; the lane must fit an <see cref="int"/>.</summary>
    static abstract TMask Truncate(T a);

    static abstract T FromInt(TMask a);

    static abstract TMask ToBits(T a);

    static abstract T FromBits(TMask a);
}

/// <summary>The integer lanes beside an <see cref="IVector{T, TMask}"/>. As a mask a lane is all ones or all zeros.</summary>
internal interface IMask<TMask>
    where TMask : unmanaged, IMask<TMask>
{
    static abstract TMask Constant(int value);

    static abstract TMask operator &(TMask a, TMask b);

    static abstract TMask operator |(TMask a, TMask b);

    static abstract TMask operator ^(TMask a, TMask b);

    static abstract TMask operator +(TMask a, TMask b);

    static abstract TMask operator *(TMask a, TMask b);

    static abstract TMask ShiftLeft(TMask a, int bits);

    /// <summary>Shifts zeros in from the left.</summary>
    static abstract TMask ShiftRight(TMask a, int bits);

    static abstract TMask Equal(TMask a, TMask b);

    static abstract TMask Select(TMask mask, TMask yes, TMask no);

    static abstract bool Any(TMask mask);

    /// <summary>How many lanes of a mask are set.</summary>
    static abstract int Count(TMask mask);

    /// <summary>The value of the first lane that <paramref name="mask"/> has set; it must have one.</summary>
    static abstract int First(TMask mask, TMask values);
}

/// <summary>What a kernel reads and writes, wherever that lies.</summary>
internal interface IMemory<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    ref BvhNode Node(int index);

    ref Primitive Primitive(int index);

    /// <summary>One RGBA8 texel a lane.</summary>
    TMask Texels(TMask index);

    /// <summary>Adds the lanes of <paramref name="hit"/> to an instance's unoccluded area.</summary>
    void CountUnoccluded(int id, TMask hit);

    /// <summary>Writes the pixels of a tile whose first lane is at (<paramref name="x"/>, <paramref name="y"/>), as far as they lie in the picture.</summary>
    void Write(in View view, int x, int y, in Pixels<T, TMask> pixels);
}
