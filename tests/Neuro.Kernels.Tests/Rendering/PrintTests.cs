using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

/// <summary>Where the pictures of primitives lie, and what is left of them far away.</summary>
public sealed class PrintTests
{
    private const int Middle = SolidScene.Size / 2;

    private static readonly Vector3 Place = new(0.1f, 0.2f, -2);

    [Theory]
    [InlineData(0, 0, 1, 0, 1, 0)]
    [InlineData(0, 0, -1, 0, 1, 0)]
    [InlineData(1, 0, 0, 0, 1, 0)]
    [InlineData(-1, 0, 0, 0, 1, 0)]
    [InlineData(0, 1, 0, 0, 0, -1)]
    [InlineData(0, -1, 0, 0, 0, 1)]
    public void Paint_EachFaceOfABox_IsUprightAndNotMirroredFromOutside(int x, int y, int z, int upX, int upY, int upZ)
    {
        foreach (var placing in (Placing[])[Placing.Upright(Place, 0.3), Placing.Turned(Place, 0.4, 0.5, -0.6)])
        {
            var box = Printed(Solids.Box(placing, 0.8f, 0.8f, 0.8f));
            (box.Back, box.Left, box.Right, box.Top, box.Bottom) = (0, 0, 0, 0, 0);

            Quarters(box, placing, new Vector3(x, y, z), new Vector3(upX, upY, upZ));
        }
    }

    [Theory]
    [InlineData(Primitive.Cylinder)]
    [InlineData(Primitive.Frustum)]
    [InlineData(Primitive.Ellipsoid)]
    public void Paint_FrontOfWhatIsRound_IsUprightAndNotMirrored(int shape)
    {
        foreach (var placing in (Placing[])[Placing.Upright(Place, 0.3), Placing.Turned(Place, 0.4, 0.5, -0.6)])
        {
            Quarters(Round(shape, placing), placing, Vector3.UnitZ, Vector3.UnitY);
        }
    }

    [Fact]
    public void Paint_TwoTriangles_ShowThePictureBetweenTheirCorners()
    {
        Corner Corner(float x, float y) => new(Place + new Vector3(x, y, 0), x < 0 ? 0 : 1, y < 0 ? 1 : 0);
        var (a, b, c, d) = (Corner(-0.4f, -0.4f), Corner(0.4f, -0.4f), Corner(0.4f, 0.4f), Corner(-0.4f, 0.4f));
        Primitive[] quad = [Printed(Solids.Triangle(a, b, c, Part.Front)), Printed(Solids.Triangle(a, c, d, Part.Front))];

        Quarters(new Stage(quad), Placing.None with { Origin = Place }, Vector3.UnitZ, Vector3.UnitY);
    }

    [Theory]
    [InlineData(Primitive.Box)]
    [InlineData(Primitive.Cylinder)]
    [InlineData(Primitive.Frustum)]
    [InlineData(Primitive.Ellipsoid)]
    public void Paint_FineCheckerFarAway_IsEvenGrey(int shape)
    {
        var checker = Texture.FromTexels(256, [.. Enumerable.Range(0, 256 * 256).Select(i => ((i ^ (i / 256)) & 1) == 0 ? 0xFF000000 : 0xFFFFFFFF)]);
        // 256 texels over 16 pixels: each pixel holds as many black texels as white ones.
        var solid = Mipped(shape == Primitive.Box ? Solids.Box(Placing.Upright(Place, 0), 0.5f, 0.5f, 0.5f) : Round(shape, Placing.Upright(Place, 0), 0.25f), checker, 0.5f);
        var frame = new Stage(solid) { Camera = Stage.Looking(Place + new Vector3(0, 0, 2.5f), Place, Vector3.UnitY, 0.5f), Maps = FrameMaps.Albedo, Texels = All(checker) }.Render();
        var seen = Enumerable.Range(0, frame.Ids.Length).Where(i => frame.Ids[i] == 1).ToArray();

        seen.Length.ShouldBeGreaterThan(80);
        seen.ShouldAllBe(i => Math.Abs(frame.Albedo![3 * i] - 127.5) < 4);
    }

    [Theory]
    [InlineData(0.6f)]
    [InlineData(2f)]
    [InlineData(6f)]
    public void Paint_WrapSeenFromBehind_HasNoSeam(float distance)
    {
        // Grey that comes and goes once around, steepest where the picture begins and ends.
        var waves = Texture.FromTexels(256, [.. Enumerable.Range(0, 256 * 256).Select(i => 0xFF000000 | (0x010101u * (uint)(128 + (60 * Math.Sin(2 * Math.PI * (i % 256 + 0.5) / 256)))))]);
        foreach (var shape in (int[])[Primitive.Cylinder, Primitive.Frustum, Primitive.Ellipsoid])
        {
            var wrap = Mipped(Round(shape, Placing.Upright(Place, 0), 0.25f), waves, MathF.PI * 0.5f);
            var frame = new Stage(wrap) { Camera = Stage.Looking(Place - new Vector3(0, 0, 0.25f + distance), Place, Vector3.UnitY, 0.3f / distance), Maps = FrameMaps.Albedo, Texels = All(waves) }.Render();
            var row = Enumerable.Range(0, frame.Width).Where(x => frame.Ids[(Middle * frame.Width) + x] == 1).Select(x => (int)frame.Albedo![3 * ((Middle * frame.Width) + x)]).ToArray();

            row.Length.ShouldBeGreaterThan(20);
            // Evenly through the middle grey at the seam: what lies left of it is as much brighter as what lies right of it is darker.
            row.Max().ShouldBeGreaterThan(180);
            row.Zip(row.Skip(1), (left, right) => Math.Abs(left - right)).Max().ShouldBeLessThan(15);
            row.Zip(row.Reverse(), (left, right) => Math.Abs(left + right - 256)).Max().ShouldBeLessThan(6);
        }
    }

    private static void Quarters(Primitive solid, Placing placing, Vector3 side, Vector3 up) => Quarters(new Stage(solid), placing, side, up);

    private static void Quarters(Stage stage, Placing placing, Vector3 side, Vector3 up)
    {
        var frame = (stage with
        {
            Camera = Stage.Looking(placing.Point(2 * side), placing.Origin, placing.Direction(up)),
            Lighting = Stage.Even with { Ambient = new Vector3(3) },
        }).Render();

        frame.Colour(Middle - 5, Middle - 5).ShouldBe(((byte)255, (byte)0, (byte)0));
        frame.Colour(Middle + 4, Middle - 5).ShouldBe(((byte)0, (byte)255, (byte)0));
        frame.Colour(Middle - 5, Middle + 4).ShouldBe(((byte)0, (byte)0, (byte)255));
        frame.Colour(Middle + 4, Middle + 4).ShouldBe(((byte)255, (byte)255, (byte)255));
    }

    private static Primitive Round(int shape, Placing placing, float radius = 0.4f) => Printed(shape switch
    {
        Primitive.Cylinder => Solids.Cylinder(placing, radius, 2 * radius),
        Primitive.Frustum => Solids.Frustum(placing, radius, 0.8f * radius, 2 * radius, 3, Part.Wrap),
        _ => Solids.Ellipsoid(placing, new Vector3(radius), Part.Wrap),
    });

    private static Primitive Printed(Primitive solid) => solid with { Front = 0, TextureWidth = 16, TextureHeight = 16, TextureLevels = 1 };

    private static Primitive Mipped(Primitive solid, Texture texture, float width) => solid with
    {
        Front = 0, TextureWidth = texture.Size, TextureHeight = texture.Size, TextureLevels = texture.Mips.Length, TextureDensity = MathF.Sqrt(texture.Size / width * (texture.Size / 0.5f)),
    };

    private static uint[] All(Texture texture) => [.. texture.Mips.SelectMany(level => level)];
}
