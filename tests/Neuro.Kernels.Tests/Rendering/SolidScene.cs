using System.Numerics;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

/// <summary>Scenes of single solids before a camera at the origin that looks along −z, with light from everywhere only.</summary>
internal static class SolidScene
{
    public const int Size = 64;

    /// <summary>A solid with id 1 and a texture of four quarters: red, green on top; blue, white below.</summary>
    public static Primitive Solid(int shape, float x, float y, float z, float halfWidth, float halfHeight, float halfDepth, double yaw = 0, int id = 1) => new()
    {
        Shape = shape,
        Id = id,
        CentreX = x,
        CentreY = y,
        CentreZ = z,
        HalfX = halfWidth,
        HalfY = halfHeight,
        HalfZ = halfDepth,
        Cos = (float)Math.Cos(yaw),
        Sin = (float)Math.Sin(yaw),
        Front = 0,
        Back = 0,
        Left = -1,
        Right = -1,
        Top = -1,
        Bottom = -1,
        V0 = 1,
        Key = 8 * id,
        TextureLevels = 1,
        TextureWidth = 16,
        TextureHeight = 16,
        RedR = 1,
        GreenG = 1,
        BlueB = 1,
        Gamma = 1,
    };

    public static Frame Render(params Primitive[] solids) => Render(Lighting.Point(new Vector3(0, 0, 5), Vector3.Zero, new Vector3(2), 0, Vector3.Zero), solids);

    public static Frame Render(Lighting lighting, params Primitive[] solids)
    {
        var scene = new Scene
        {
            Width = Size,
            Height = Size,
            Samples = 1,
            Seed = 1,
            Index = 0,
            Camera = new Camera(Vector3.Zero, -Vector3.UnitZ, Vector3.UnitX, Vector3.UnitY, 0.5f),
            Lighting = lighting,
            Photometrics = new Photometrics(Vector3.One, 1, 1, 0, 90),
            Instances = [.. solids.Select((solid, i) => new SceneInstance(i + 1, 0, "sku", Placing.None, Vector3.One, null) { FirstPrimitive = i, PrimitiveCount = 1 })],
            Primitives = solids,
            Nodes = Bvh.Build(solids, Vector3.Zero),
            Texels = Quarters(),
        };
        var frame = new Frame(Size, Size);
        using var backend = RenderBackends.Create("scalar");
        backend.Render(scene, frame);
        return frame;
    }

    public static (byte Red, byte Green, byte Blue) Colour(this Frame frame, int x, int y)
    {
        var at = 3 * ((y * frame.Width) + x);
        return (frame.Rgb[at], frame.Rgb[at + 1], frame.Rgb[at + 2]);
    }

    public static Vector3 Normal(this Frame frame, int x, int y)
    {
        var at = 3 * ((y * frame.Width) + x);
        return new Vector3(frame.Normals[at], frame.Normals[at + 1], frame.Normals[at + 2]);
    }

    public static uint[] Quarters() =>
        [.. Enumerable.Range(0, 256).Select(i => (i % 16 < 8, i / 16 < 8) switch
        {
            (true, true) => 0xFF0000FF,
            (false, true) => 0xFF00FF00,
            (true, false) => 0xFFFF0000,
            _ => 0xFFFFFFFF,
        })];
}
