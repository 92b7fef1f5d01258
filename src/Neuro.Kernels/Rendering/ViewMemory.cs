using System.Runtime.CompilerServices;
using ILGPU;

namespace Neuro.Kernels.Rendering;

/// <summary>A scene and a frame on an ILGPU accelerator; the counts are one thread's own.</summary>
internal struct ViewMemory : IMemory<Packet1, Mask1>
{
    public ArrayView<BvhNode> Nodes;
    public ArrayView<Primitive> Primitives;
    public ArrayView<uint> Texture;
    public ArrayView<byte> Rgb;
    public ArrayView<float> Depth;
    public ArrayView<float> Normals;
    public ArrayView<int> Ids;
    public ArrayView<int> Unoccluded;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref BvhNode Node(int index) => ref Nodes[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref Primitive Primitive(int index) => ref Primitives[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Mask1 Texels(Mask1 index) => new((int)Texture[index.Lane]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void CountUnoccluded(int id, Mask1 hit) => Unoccluded[id] += Mask1.Count(hit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Write(in View view, int x, int y, in Pixels<Packet1, Mask1> pixels)
    {
        var pixel = (y * view.Width) + x;
        Depth[pixel] = pixels.Depth.Lane;
        Ids[pixel] = pixels.Id.Lane;
        Normals[3 * pixel] = pixels.NormalX.Lane;
        Normals[(3 * pixel) + 1] = pixels.NormalY.Lane;
        Normals[(3 * pixel) + 2] = pixels.NormalZ.Lane;
        Rgb[3 * pixel] = (byte)pixels.Red.Lane;
        Rgb[(3 * pixel) + 1] = (byte)pixels.Green.Lane;
        Rgb[(3 * pixel) + 2] = (byte)pixels.Blue.Lane;
    }
}
