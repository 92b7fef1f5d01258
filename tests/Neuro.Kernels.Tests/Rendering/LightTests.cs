using System.Numerics;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

/// <summary>Shadows, occlusion, glass and gloss on a wall before the camera.</summary>
public sealed class LightTests
{
    private const float WallDepth = 3;
    private const int Size = 128;
    private const int Middle = Size / 2;

    // Metres a pixel on the wall.
    private const float Pixel = WallDepth / Size;

    [Fact]
    public void Light_PointLamp_ThrowsAHardShadowWhereSimilarTrianglesPutIt()
    {
        var frame = Shadowed(Vector3.Zero).Render();
        var row = Row(frame.Shadow!);

        row.ShouldAllBe(shadow => shadow == 0 || shadow == 255);
        // From the lamp at the camera's height, 1 m before the wall's middle line, the blade's edge at x = 0 falls straight behind it.
        var edge = Array.IndexOf(row, (byte)0);
        Math.Abs(((edge - Middle) * Pixel) - EdgeX).ShouldBeLessThan(1.5f * Pixel);
    }

    [Theory]
    [InlineData(0.2f)]
    [InlineData(0.4f)]
    [InlineData(0.8f)]
    public void Light_LongLamp_ThrowsAPenumbraAsWideAsSimilarTrianglesSay(float length)
    {
        var shadow = Shadowed(new Vector3(length / 2, 0, 0)).Render().Shadow!;
        var profile = Enumerable.Range(0, Size).Select(x => Enumerable.Range(Middle - 10, 20).Average(y => shadow[(y * Size) + x] / 255.0)).ToArray();

        // An even ramp of width w has the variance w² / 12; the mean over five pixels adds its own.
        var steps = profile.Zip(profile.Skip(1), (left, right) => left - right).ToArray();
        var mean = steps.Select((step, x) => step * x).Sum();
        var variance = steps.Select((step, x) => step * (x - mean) * (x - mean)).Sum();
        var penumbra = Math.Sqrt((12 * variance) - 25) * Pixel;
        penumbra.ShouldBe(length * BladeToWall / LampToBlade, 0.2 * length * BladeToWall / LampToBlade);
        profile[0].ShouldBe(1);
        profile[^1].ShouldBe(0);
    }

    [Fact]
    public void Light_AnyLamps_ShadowAndIrradianceAgree()
    {
        var frame = Shadowed(new Vector3(0.2f, 0, 0)).Render();
        for (var pixel = 0; pixel < frame.Ids.Length; pixel++)
        {
            (frame.Irradiance![3 * pixel] > 0).ShouldBe(frame.Shadow![pixel] < 255, $"pixel {pixel}");
        }
    }

    [Fact]
    public void Light_Occlusion_DarkensACornerAndNotAnOpenPlane()
    {
        var open = new Stage(Wall()) { Width = Size, Height = Size, Maps = FrameMaps.All, Lighting = Stage.Even with { Occlusion = 1 } }.Render();
        var corner = new Stage(Wall(), Grey(Solids.Box(Placing.Upright(new Vector3(-0.55f, 0, -2.75f), 0), 1, 4, 0.5f))) { Width = Size, Height = Size, Maps = FrameMaps.All, Lighting = Stage.Even with { Occlusion = 1 } }.Render();
        var (plane, near, far) = (Irradiance(open, Middle, Middle), Mean(corner, x => (int)(Middle + ((-0.05f + x) / Pixel)), 0.03f), Mean(corner, x => (int)(Middle + ((-0.05f + x) / Pixel)), 0.6f));

        plane.ShouldBe(0.8f, 1e-4f);
        far.ShouldBe(0.8f, 1e-4f);
        near.ShouldBeLessThan(0.65f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Light_IrradianceTimesAlbedo_IsThePicture(int samples)
    {
        var lighting = new Lighting([new LampTube(new Vector3(0.4f, 0.8f, -1), new Vector3(0.3f, 0, 0), 0.5f), new LampTube(new Vector3(-0.8f, 0.8f, -1), Vector3.Zero, 0.5f)], new Vector3(1.2f, 1, 0.8f), new Vector3(0.3f, 0.4f, 0.5f), 0, Vector3.Zero) { Occlusion = 0.7f };
        var frame = new Stage(Wall(), SolidScene.Solid(Primitive.Box, -0.2f, 0, -2.6f, 0.3f, 0.4f, 0.3f, yaw: 0.4)) { Samples = samples, Maps = FrameMaps.All, Lighting = lighting }.Render();
        for (var y = 2; y < frame.Height - 2; y++)
        {
            for (var x = 2; x < frame.Width - 2; x++)
            {
                // Where surfaces meet, the picture mixes them and the maps do not.
                if (samples > 1 && Neighbours(frame, x, y).Any(other => frame.Ids[other] != frame.Ids[(y * frame.Width) + x] || frame.Parts![other] != frame.Parts[(y * frame.Width) + x]))
                {
                    continue;
                }

                for (var channel = 0; channel < 3; channel++)
                {
                    var at = (3 * ((y * frame.Width) + x)) + channel;
                    var light = Math.Pow(frame.Albedo![at] / 255.0, Shading.Decoding) * frame.Irradiance![at];
                    Math.Abs((255 * Math.Pow(Math.Min(light, 1), 1 / Shading.Decoding)) - frame.Rgb[at]).ShouldBeLessThanOrEqualTo(2, $"{x}, {y}, channel {channel}");
                }
            }
        }
    }

    [Fact]
    public void Glass_Unlabelled_TintsWhatIsLabelledBehindIt()
    {
        var pane = SceneDraft.Coloured(Solids.Box(Placing.Upright(new Vector3(0.75f, 0, -1), 0), 1.5f, 4, 0.01f), new Vector3(0.5f, 0.8f, 1)) with { Glass = 1, Part = 0 };
        var scene = new Stage(Wall(), pane) { Maps = FrameMaps.All };
        // Only what stands on the stage as the first has a label.
        var frame = Unlabelled(scene, 2);
        var (bare, through) = (frame.Colour(16, 32), frame.Colour(48, 32));

        frame.Ids.ShouldAllBe(id => id == 1);
        frame.Depth[(32 * 64) + 48].ShouldBe(WallDepth, 1e-4f);
        Encoded(Linear(bare.Red) * 0.5).ShouldBe(through.Red, 1.01);
        Encoded(Linear(bare.Green) * 0.8).ShouldBe(through.Green, 1.01);
        through.Blue.ShouldBe(bare.Blue);
    }

    [Fact]
    public void Glass_Labelled_IsItselfWhatIsLabelledAndStillSeenThrough()
    {
        var pane = SceneDraft.Coloured(Solids.Box(Placing.Upright(new Vector3(0.75f, 0, -1), 0), 1.5f, 4, 0.01f), new Vector3(0.5f, 0.8f, 1)) with { Glass = 1 };
        var frame = new Stage(Wall(), pane).Render();

        frame.Ids[(32 * 64) + 48].ShouldBe(2);
        frame.Depth[(32 * 64) + 48].ShouldBe(0.995f, 1e-4f);
        frame.Colour(48, 32).Red.ShouldBeGreaterThan((byte)20);
        frame.Colour(48, 32).Red.ShouldBeLessThan(frame.Colour(16, 32).Red);
    }

    [Fact]
    public void Glass_BeforeALamp_ThrowsNoShadow()
    {
        var pane = SceneDraft.Coloured(Solids.Box(Placing.Upright(new Vector3(0, 0, -2.5f), 0), 0.3f, 0.3f, 0.01f), Vector3.One) with { Glass = 1 };
        var lighting = Lighting.Point(new Vector3(1, 0, -1), new Vector3(3), Vector3.Zero, 0, Vector3.Zero);
        var with = new Stage(Wall(), pane) { Lighting = lighting, Maps = FrameMaps.All }.Render();

        with.Shadow!.ShouldAllBe(shadow => shadow == 0);
    }

    [Fact]
    public void Light_NothingAtThePicturesRim_IsTheBackgroundThereAsInside()
    {
        var frame = new Stage(SolidScene.Solid(Primitive.Box, 0, 0, -2, 0.2f, 0.2f, 0.2f)) { Lighting = Stage.Even with { Occlusion = 1, Background = new Vector3(0.2f) }, Maps = FrameMaps.All }.Render();

        for (var pixel = 0; pixel < frame.Ids.Length; pixel++)
        {
            float.IsFinite(frame.Irradiance![3 * pixel]).ShouldBeTrue($"pixel {pixel}");
            (frame.Ids[pixel] != 0 || frame.Rgb[3 * pixel] == 123).ShouldBeTrue($"pixel {pixel} of nothing is {frame.Rgb[3 * pixel]}");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Glass_ManyPanes_DarkenWhatIsBehindThemAndDoNotBlackIt(int panes)
    {
        var stack = Enumerable.Range(0, panes).Select(i => SceneDraft.Coloured(Solids.Box(Placing.Upright(new Vector3(0, 0, -1 - (0.1f * i)), 0), 3, 3, 0.01f), new Vector3(0.9f)) with { Glass = 1 });

        new Stage([Wall(), .. stack]).Render().Colour(32, 32).Red.ShouldBeGreaterThan((byte)60);
    }

    [Fact]
    public void Haze_AnyAmount_LeavesTheReflectanceAsItIs()
    {
        var clear = new Stage(Wall()) { Maps = FrameMaps.All };
        var hazy = clear with { Photometrics = clear.Photometrics with { Haze = 0.3f } };

        hazy.Render().Albedo![0].ShouldBe(clear.Render().Albedo![0]);
    }

    [Fact]
    public void Mirror_GlossyWall_ShowsTheLampWhereTheMirroredRayMeetsIt()
    {
        var lamp = new Vector3(0.5f, 0.7f, -1.5f);
        var lighting = Lighting.Point(lamp, new Vector3(0.4f), Vector3.Zero, 0, Vector3.Zero);
        var dull = new Stage(Wall()) { Width = Size, Height = Size, Lighting = lighting }.Render();
        var shiny = new Stage(Wall() with { Gloss = 0.2f }) { Width = Size, Height = Size, Lighting = lighting }.Render();
        var added = Enumerable.Range(0, dull.Ids.Length).Select(i => Linear(shiny.Rgb[3 * i]) - Linear(dull.Rgb[3 * i])).ToArray();
        var peak = Array.IndexOf(added, added.Max());

        // The lamp's mirror image lies as far behind the wall as the lamp before it: depth 4.5; seen from the origin it crosses the wall at two thirds of its place.
        Math.Abs((((peak % Size) + 0.5f - Middle) * Pixel) - (lamp.X * WallDepth / 4.5f)).ShouldBeLessThan(2.5f * Pixel);
        Math.Abs(((Middle - (peak / Size) - 0.5f) * Pixel) - (lamp.Y * WallDepth / 4.5f)).ShouldBeLessThan(2.5f * Pixel);
        added.Min().ShouldBeGreaterThan(-1e-3);
    }

    private const float LampToBlade = 0.9f;
    private const float BladeToWall = 0.6f;
    private const float EdgeX = 0.1f;

    /// <summary>A thin blade left of x = 0.1 before the wall, and a lamp straight before the blade's edge.</summary>
    private static Stage Shadowed(Vector3 halfAxis)
    {
        var blade = Grey(Solids.Box(Placing.Upright(new Vector3(EdgeX - 2, 0, -WallDepth + BladeToWall), 0), 4, 1, 0.001f));
        var lamp = new LampTube(new Vector3(EdgeX, 0, -WallDepth + BladeToWall + LampToBlade), halfAxis, 1);
        // The camera stands behind the blade, which would hide its shadow.
        return new Stage(Wall(), blade)
        {
            Width = Size,
            Height = Size,
            Camera = new Camera(new Vector3(0, 0, -WallDepth + BladeToWall - 0.01f), -Vector3.UnitZ, Vector3.UnitX, Vector3.UnitY, WallDepth / 2 / (BladeToWall - 0.01f)),
            Maps = FrameMaps.All,
            Lighting = new Lighting([lamp], Vector3.One, Vector3.Zero, 0, Vector3.Zero),
        };
    }

    private static byte[] Row(byte[] map) => map[(Middle * Size)..((Middle + 1) * Size)];

    private static Frame Unlabelled(Stage stage, int id)
    {
        var scene = stage.Scene;
        scene.Primitives[id - 1].Id = 0;
        var frame = new Frame(stage.Width, stage.Height, stage.Maps);
        using var backend = Kernels.Compute.RenderBackends.Create("scalar");
        backend.Render(scene, frame);
        return frame;
    }

    private static Primitive Wall() => Grey(Solids.Box(Placing.Upright(new Vector3(0, 0, -WallDepth - 0.05f), 0), 12, 12, 0.1f));

    private static Primitive Grey(Primitive solid) => SceneDraft.Coloured(solid, new Vector3(0.5f));

    private static float Irradiance(Frame frame, int x, int y) => frame.Irradiance![3 * ((y * frame.Width) + x)];

    private static float Mean(Frame frame, Func<float, int> column, float x) => Enumerable.Range(Middle - 20, 40).Average(y => Irradiance(frame, column(x), y));

    private static IEnumerable<int> Neighbours(Frame frame, int x, int y) =>
        from dy in Enumerable.Range(-1, 3) from dx in Enumerable.Range(-1, 3) select ((y + dy) * frame.Width) + x + dx;

    private static double Linear(byte value) => Math.Pow(value / 255.0, Shading.Decoding);

    private static double Encoded(double light) => 255 * Math.Pow(light, 1 / Shading.Decoding);
}
