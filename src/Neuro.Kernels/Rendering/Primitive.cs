using System.Runtime.InteropServices;

namespace Neuro.Kernels.Rendering;

/// <summary>A solid or a triangle as the kernel reads it. One array of these: a packet tests one primitive at a time and needs most of its fields together.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Primitive
{
    /// <summary>Six faces, each with a picture of its own.</summary>
    public const int Box = 0;

    /// <summary>With both caps; its picture is the wrap.</summary>
    public const int Cylinder = 1;

    /// <summary>A piece of a cone: <see cref="HalfX"/> is the radius at its lower end, <see cref="HalfZ"/> at its upper.</summary>
    public const int Frustum = 2;

    /// <summary>Its picture goes around the y axis.</summary>
    public const int Ellipsoid = 3;

    /// <summary>Seen from both sides.</summary>
    public const int Triangle = 4;

    public int Shape;

    /// <summary>Instance id, 0 for what carries no label.</summary>
    public int Id;

    /// <summary>What part of a product it is (<see cref="Labels.Part"/>); 0 for a box: the face that is seen says it.</summary>
    public int Part;

    /// <summary>Pixels of one smooth surface have the same key: light is averaged within it, and edges are drawn finer between keys. A box adds the number of its face.</summary>
    public int Key;

    /// <summary>1: light goes through, coloured by <see cref="SideRed"/> and its sisters; throws no shadow.</summary>
    public int Glass;

    /// <summary>1: turned by the matrix of the axes, not only by the yaw.</summary>
    public int Turned;

    /// <summary>Of a frustum: 1 has the lower cap, 2 the upper.</summary>
    public int Caps;

    // Centre and half sizes in metres; turn about the vertical axis. A triangle's first corner is its centre.
    public float CentreX, CentreY, CentreZ, HalfX, HalfY, HalfZ, Cos, Sin;

    // The solid's own axes in world coordinates, where Turned. A triangle's edges from its first corner are X and Y.
    public float AxisXX, AxisXY, AxisXZ, AxisYX, AxisYY, AxisYZ, AxisZX, AxisZY, AxisZZ;

    // Unit normals at a triangle's corners. A frustum's first two are the y parts of its normals at its lower and upper end, relative to the radial part.
    public float Normal0X, Normal0Y, Normal0Z, Normal1X, Normal1Y, Normal1Z, Normal2X, Normal2Y, Normal2Z;

    // Picture coordinates of a triangle's corners; of a frustum or ellipsoid: v at the lower end (V0) and the upper (V1), and the u where its front begins and ends (U0, U1).
    public float U0, V0, U1, V1, U2, V2;

    // Where the pictures of the six faces begin in the scene's texels; negative: none, the plain colours show. All have one size. Others than boxes use Front.
    public int Front, Back, Left, Right, Top, Bottom;

    // Texels per row and column of the finest level, powers of two, and how many levels follow each other, each half as wide and high.
    public int TextureWidth, TextureHeight, TextureLevels;

    /// <summary>Texels per metre of the finest level, the geometric mean of both directions.</summary>
    public float TextureDensity;

    // Linear colours of what has no picture: sides, and top and bottom.
    public float SideRed, SideGreen, SideBlue, TopRed, TopGreen, TopBlue;

    // Rows of the 3×4 matrix that turns the picture's colours into this copy's, then the exponent of its contrast.
    public float RedR, RedG, RedB, Red1, GreenR, GreenG, GreenB, Green1, BlueR, BlueG, BlueB, Blue1, Gamma;

    /// <summary>Where the square picture of worn places begins, laid over the face by its picture coordinates; with a strength of 0 there is none.</summary>
    public int Overlay;

    public int OverlaySize;

    public float OverlayStrength;

    /// <summary>How much the brightness of texels differs, as paper and print do; 0 for not at all.</summary>
    public float Grain;

    /// <summary>Share of the light that a surface mirrors when looked at straight, 0 for none.</summary>
    public float Gloss;
}

/// <summary>A node of the flat tree: its box, and where to go on when a ray misses it.</summary>
/// <remarks>Depth first, near child first as the camera sees it: hit → next node, miss or leaf → <see cref="Skip"/>.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct BvhNode
{
    public float MinX, MinY, MinZ, MaxX, MaxY, MaxZ;

    public int Skip;

    /// <summary>The primitive of a leaf, −1 for an inner node.</summary>
    public int Primitive;
}
