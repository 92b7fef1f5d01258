using System.Runtime.CompilerServices;
using ILGPU;

namespace Neuro.Kernels.Rendering;

/// <summary>A scene and a frame on an ILGPU accelerator. A map that is not asked for is one element long.</summary>
internal struct ViewMemory : IMemory<Packet1, Mask1>
{
    public ArrayView<BvhNode> Nodes;
    public ArrayView<Primitive> Primitives;
    public ArrayView<Speck> Specks;
    public ArrayView<uint> Texture;
    public ArrayView<byte> Rgb;
    public ArrayView<float> Depth;
    public ArrayView<float> Normals;
    public ArrayView<int> Ids;
    public ArrayView<float> PlaneValues;
    public ArrayView<byte> Parts;
    public ArrayView<byte> Albedo;
    public ArrayView<byte> Shadow;
    public ArrayView<float> Irradiance;
    public ArrayView<float> Uv;
    public int PlaneSize;

    [MethodImpl(Inlining.Small)]
    public readonly ref BvhNode Node(int index) => ref Nodes[index];

    [MethodImpl(Inlining.Small)]
    public readonly void Nearest(in Ray<Packet1> ray, Mask1 active, Packet1 from, int nodeCount, out Packet1 distance, out Mask1 primitive) =>
        Traversal<Packet1, Mask1, ViewMemory>.Nearest(in this, in ray, active, from, nodeCount, out distance, out primitive);

    [MethodImpl(Inlining.Small)]
    public readonly Mask1 Occluded(in Ray<Packet1> ray, Mask1 active, int nodeCount) => Traversal<Packet1, Mask1, ViewMemory>.Occluded(in this, in ray, active, nodeCount);

    [MethodImpl(Inlining.Small)]
    public readonly ref Primitive Primitive(int index) => ref Primitives[index];

    [MethodImpl(Inlining.Small)]
    public readonly ref Speck Speck(int index) => ref Specks[index];

    [MethodImpl(Inlining.Small)]
    public readonly Mask1 Texels(Mask1 index) => new((int)Texture[index.Lane]);

    [MethodImpl(Inlining.Small)]
    public readonly void Store(in View view, int plane, int x, int y, Packet1 tile) => PlaneValues[(plane * PlaneSize) + Planes.Place(view.Pitch, x, y)] = tile.Lane;

    [MethodImpl(Inlining.Small)]
    public readonly Packet1 LoadTile(in View view, int plane, int x, int y) => new(PlaneValues[(plane * PlaneSize) + Planes.Place(view.Pitch, x, y)]);

    [MethodImpl(Inlining.Small)]
    public readonly Packet1 Gather(int plane, Mask1 place) => new(PlaneValues[(plane * PlaneSize) + place.Lane]);

    [MethodImpl(Inlining.Small)]
    public readonly void Scatter(int plane, Mask1 place, Mask1 where, Packet1 values)
    {
        if (where.Lane != 0)
        {
            PlaneValues[(plane * PlaneSize) + place.Lane] = values.Lane;
        }
    }

    [MethodImpl(Inlining.Small)]
    public readonly Packet1 LoadStrip(in View view, int plane, int x, int y) => LoadTile(in view, plane, x, y);

    [MethodImpl(Inlining.Small)]
    public readonly void WriteLabels(in View view, int x, int y, in LabelPixels<Packet1, Mask1> labels)
    {
        var pixel = (y * view.Width) + x;
        Depth[pixel] = labels.Depth.Lane;
        Ids[pixel] = labels.Id.Lane;
        Normals[3 * pixel] = labels.NormalX.Lane;
        Normals[(3 * pixel) + 1] = labels.NormalY.Lane;
        Normals[(3 * pixel) + 2] = labels.NormalZ.Lane;
        if (Parts.Length > 1)
        {
            Parts[pixel] = (byte)labels.Part.Lane;
        }

        if (Uv.Length > 1)
        {
            Uv[2 * pixel] = labels.U.Lane;
            Uv[(2 * pixel) + 1] = labels.V.Lane;
        }
    }

    [MethodImpl(Inlining.Small)]
    public readonly void WriteColours(in View view, int x, int y, Mask1 colours, bool strip) => WriteBytes(Rgb, (y * view.Width) + x, colours.Lane);

    [MethodImpl(Inlining.Small)]
    public readonly void WriteMaps(in View view, int x, int y, Mask1 albedo, Packet1 red, Packet1 green, Packet1 blue, Mask1 shadow)
    {
        var pixel = (y * view.Width) + x;
        if (Albedo.Length > 1)
        {
            WriteBytes(Albedo, pixel, albedo.Lane);
        }

        if (Irradiance.Length > 1)
        {
            Irradiance[3 * pixel] = red.Lane;
            Irradiance[(3 * pixel) + 1] = green.Lane;
            Irradiance[(3 * pixel) + 2] = blue.Lane;
        }

        if (Shadow.Length > 1)
        {
            Shadow[pixel] = (byte)shadow.Lane;
        }
    }

    [MethodImpl(Inlining.Small)]
    private static void WriteBytes(ArrayView<byte> picture, int pixel, int colour)
    {
        picture[3 * pixel] = (byte)colour;
        picture[(3 * pixel) + 1] = (byte)(colour >> 8);
        picture[(3 * pixel) + 2] = (byte)(colour >> 16);
    }
}
