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

    /// <summary>Each lane's number: its column within a strip.</summary>
    static abstract T Number();

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

    /// <summary>A bit for each lane of a mask, the first lane's lowest.</summary>
    static abstract uint Bits(TMask mask);

    /// <summary>The value of the first lane that <paramref name="mask"/> has set; it must have one.</summary>
    static abstract int First(TMask mask, TMask values);
}

/// <summary>What a kernel reads and writes, wherever that lies.</summary>
internal interface IMemory<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    ref BvhNode Node(int index);

    /// <summary>The nearest hit of each lane beyond <paramref name="from"/>: distance (+∞: none) and primitive.</summary>
    void Nearest(in Ray<T> ray, TMask active, T from, int nodeCount, out T distance, out TMask primitive);

    /// <summary>The lanes of <paramref name="active"/> whose ray meets something that is not glass before its parameter is 1.</summary>
    TMask Occluded(in Ray<T> ray, TMask active, int nodeCount);

    ref Primitive Primitive(int index);

    ref Speck Speck(int index);

    /// <summary>One RGBA8 texel a lane.</summary>
    TMask Texels(TMask index);

    /// <summary>Writes the labels of a tile whose first lane is at (<paramref name="x"/>, <paramref name="y"/>), as far as its pixels lie in the picture.</summary>
    void WriteLabels(in View view, int x, int y, in LabelPixels<T, TMask> labels);

    /// <summary>Writes colours, red in the lowest byte; of a tile, or of a strip of lanes in one row.</summary>
    void WriteColours(in View view, int x, int y, TMask colours, bool strip);

    /// <summary>Writes the maps of a strip that the frame asks for.</summary>
    /// <param name="albedo">Encoded colours, red in the lowest byte.</param>
    /// <param name="shadow">0 to 255.</param>
    void WriteMaps(in View view, int x, int y, TMask albedo, T red, T green, T blue, TMask shadow);

    /// <summary>Keeps a tile in a plane (<see cref="Planes"/>); lanes outside the picture too, there is room for them.</summary>
    void Store(in View view, int plane, int x, int y, T tile);

    /// <summary>A tile of a plane, also up to two pixels outside the picture.</summary>
    T LoadTile(in View view, int plane, int x, int y);

    /// <summary>One element of a plane a lane.</summary>
    T Gather(int plane, TMask place);

    /// <summary>Writes the lanes of <paramref name="where"/> to their elements of a plane.</summary>
    void Scatter(int plane, TMask place, TMask where, T values);

    /// <summary>Lanes in one row of a plane, also up to two pixels outside the picture.</summary>
    T LoadStrip(in View view, int plane, int x, int y);
}

/// <summary>The labels of a tile: metres, unit normals, ids, parts, picture coordinates.</summary>
internal struct LabelPixels<T, TMask>
    where T : unmanaged
    where TMask : unmanaged
{
    public T Depth, NormalX, NormalY, NormalZ, U, V;
    public TMask Id, Part;
}

/// <summary>What is kept of each pixel between tracing and development: one float a pixel and plane, with a margin around the picture.</summary>
internal static class Planes
{
    /// <value>The smooth surface that is seen, as bits; −1 for none, and in the margin.</value>
    public const int Key = 0;

    public const int AlbedoRed = 1;
    public const int AlbedoGreen = 2;
    public const int AlbedoBlue = 3;

    /// <value>Light that is not reflected diffusely: mirrors, background, and finished samples.</value>
    public const int AddedRed = 4;
    public const int AddedGreen = 5;
    public const int AddedBlue = 6;

    public const int Lamp = 7;
    public const int Ambient = 8;

    /// <value>Share of the pixel that albedo and light make up; the rest is in the added light.</value>
    public const int Weight = 9;

    /// <value>1 where the lamps are not seen.</value>
    public const int Shadow = 10;

    /// <value>Diameter in pixels of the disk that the lens makes of a point here.</value>
    public const int Defocus = 11;

    public const int Count = 12;

    public const int Margin = 8;
    public const int MarginRows = 2;

    /// <summary>Elements of a row: the picture's, rounded up to whole strips, between two margins.</summary>
    public static int Pitch(int width) => ((width + 15) / 16 * 16) + (2 * Margin);

    /// <summary>Elements of a plane.</summary>
    public static int Size(int width, int height) => Pitch(width) * (((height + 3) / 4 * 4) + (2 * MarginRows));

    /// <summary>Where a pixel lies within its plane.</summary>
    public static int Place(int pitch, int x, int y) => ((y + MarginRows) * pitch) + x + Margin;
}
