using System.Runtime.InteropServices;

namespace Neuro.Kernels.Rendering;

/// <summary>A box or an upright cylinder as the kernel reads it. One array of these: a packet tests one primitive at a time and needs most of its fields together.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Primitive
{
    public const int Box = 0;
    public const int Cylinder = 1;

    public int Shape;

    /// <summary>Instance id, 0 for what carries no label.</summary>
    public int Id;

    // Centre and half sizes in metres, turn about the vertical axis.
    public float CentreX, CentreY, CentreZ, HalfX, HalfY, HalfZ, Cos, Sin;

    /// <summary>Where the texture of front and back, or of the wrap, begins in the scene's texels; negative: none, <see cref="SideRed"/> shows.</summary>
    public int Texture;

    /// <summary>The same for a box's left and right; it has the size of the other.</summary>
    public int SideTexture;

    // Texels per row and column, powers of two.
    public int TextureWidth, TextureHeight;

    // Linear colours of the faces without artwork.
    public float SideRed, SideGreen, SideBlue, TopRed, TopGreen, TopBlue;

    // Rows of the 3×4 matrix that turns the artwork's colours into this copy's, then the exponent of its contrast.
    public float RedR, RedG, RedB, Red1, GreenR, GreenG, GreenB, Green1, BlueR, BlueG, BlueB, Blue1, Gamma;
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
