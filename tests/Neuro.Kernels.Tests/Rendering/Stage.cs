using System.Numerics;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

/// <summary>A scene put together by hand: each solid an instance of its own, seen from the origin along −z in even light, without noise.</summary>
internal sealed record Stage(params Primitive[] Solids)
{
    private static readonly IRenderBackend Backend = RenderBackends.Create();

    /// <summary>White paper is white wherever it faces.</summary>
    public static readonly Lighting Even = Lighting.Point(new Vector3(0, 0, 5), Vector3.Zero, Vector3.One, 0, Vector3.Zero);

    public int Width { get; init; } = SolidScene.Size;

    public int Height { get; init; } = SolidScene.Size;

    public int Samples { get; init; } = 1;

    public Camera Camera { get; init; } = new(Vector3.Zero, -Vector3.UnitZ, Vector3.UnitX, Vector3.UnitY, 0.5f);

    public Lighting Lighting { get; init; } = Even;

    public Photometrics Photometrics { get; init; } = new(Vector3.One, 1, 1, 0, 90);

    public Speck[] Specks { get; init; } = [];

    public uint[] Texels { get; init; } = SolidScene.Quarters();

    public FrameMaps Maps { get; init; } = FrameMaps.None;

    public Scene Scene => new()
    {
        Width = Width,
        Height = Height,
        Samples = Samples,
        Seed = 1,
        Index = 0,
        Camera = Camera,
        Lighting = Lighting,
        Photometrics = Photometrics,
        Instances = [.. Solids.Select((solid, i) => new SceneInstance(i + 1, 0, "sku", Placing.None, Vector3.One, null) { FirstPrimitive = i, PrimitiveCount = 1 })],
        Primitives = [.. Solids.Select((solid, i) => solid with { Id = i + 1, Key = 512 * (i + 1) })],
        Nodes = Bvh.Build(Solids, Camera.Origin),
        Texels = Texels,
        Specks = Specks,
    };

    public Frame Render()
    {
        var frame = new Frame(Width, Height, Maps);
        Backend.Render(Scene, frame);
        return frame;
    }

    /// <summary>A camera at a place that looks at another, level where it can be.</summary>
    public static Camera Looking(Vector3 from, Vector3 at, Vector3 up, float tanHalfFov = 0.5f)
    {
        var forward = Vector3.Normalize(at - from);
        var right = Vector3.Normalize(Vector3.Cross(forward, up));
        return new Camera(from, forward, right, Vector3.Cross(right, forward), tanHalfFov);
    }

    /// <summary>Where a pixel's middle is in the world, by its depth; for a camera without distortion.</summary>
    public static Vector3 Point(Camera camera, Frame frame, int x, int y)
    {
        var depth = frame.Depth[(y * frame.Width) + x];
        var across = ((2 * (x + 0.5f) / frame.Width) - 1) * camera.TanHalfFov * frame.Width / frame.Height;
        var up = (1 - (2 * (y + 0.5f) / frame.Height)) * camera.TanHalfFov;
        return camera.Origin + (depth * (camera.Forward + (across * camera.Right) + (up * camera.Up)));
    }
}
