using System.Numerics;
using CsCheck;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

/// <summary>Lens, shutter and sensor: where rays go, and how far a point of light is spread.</summary>
public sealed class CameraTests
{
    private const int Size = 128;

    private static readonly Lighting Dark = Lighting.Point(Vector3.Zero, Vector3.Zero, Vector3.One, 0, Vector3.Zero);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 0)]
    public void Project_WhatAnyRayMeets_IsTheRaysOwnPixel(double least, double most)
    {
        var anyPixel = Gen.Select(Gen.Double[least, most], Gen.Float[-12, 12], Gen.Float[0.2f, 1], Gen.Double[-3, 3], Gen.Float[0, Size], Gen.Float[0, Size * 0.75f], Gen.Float[0.3f, 3]);
        foreach (var (bend, shear, tan, roll, column, row, depth) in Cases.Of(anyPixel, 10_000))
        {
            // Up to what recipes are bounded by, and mostly there: a wide lens bears little.
            var lens = Lens.Pinhole with { K1 = Cameras.Bounded(bend, tan, Size, Size * 3 / 4, shear), Shear = shear };
            var camera = Cameras.Looking((0.3, 1.2, 2), (0.1, 0.4, 0), roll, tan) with { Lens = lens };
            var (width, height) = (Size, Size * 3 / 4);
            var view = View.Of(new Stage { Width = width, Height = height, Camera = camera }.Scene, new Frame(width, height));
            var ray = Eye<Packet1, Mask1>.Ray(in view, new Packet1(column), new Packet1(row));
            var point = new Vector3(ray.OriginX.Lane + (depth * ray.X.Lane), ray.OriginY.Lane + (depth * ray.Y.Lane), ray.OriginZ.Lane + (depth * ray.Z.Lane));
            var (x, y, far) = camera.Project(point, width, height);

            (Math.Abs(x - column) < 0.02 && Math.Abs(y - row) < 0.02 && Math.Abs(far - depth) < 1e-4)
                .ShouldBeTrue($"k1 {lens.K1}, tan {tan}, shear {shear}: the ray of {column}, {row} is seen at {x}, {y}");
        }
    }

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(-0.3f, 0f)]
    [InlineData(0.3f, 0f)]
    [InlineData(-0.2f, 20f)]
    [InlineData(0f, -30f)]
    public void Project_SmallSpheres_AreSeenWhereTheyAreProjected(float k1, float shear)
    {
        // Small: off the axis a sphere's picture is longer on its outer side, by the square of its size.
        var spheres = (from x in Enumerable.Range(-2, 5) from y in Enumerable.Range(-2, 5) select Solids.Ellipsoid(Placing.Upright(new Vector3(0.42f * x, 0.42f * y, -2), 0), new Vector3(0.02f), Kernels.Labels.Part.Wrap)).ToArray();
        var stage = new Stage(spheres) { Width = 4 * Size, Height = 4 * Size, Lighting = Dark };
        stage = stage with { Camera = stage.Camera with { Lens = Lens.Pinhole with { K1 = k1, Shear = shear } } };
        var frame = stage.Render();
        for (var i = 0; i < spheres.Length; i++)
        {
            var (x, y, _) = stage.Camera.Project(new Vector3(spheres[i].CentreX, spheres[i].CentreY, spheres[i].CentreZ), frame.Width, frame.Height);
            var seen = Enumerable.Range(0, frame.Ids.Length).Where(pixel => frame.Ids[pixel] == i + 1).ToArray();
            seen.Average(pixel => (pixel % frame.Width) + 0.5).ShouldBe(x, 0.25);
            seen.Average(pixel => (pixel / frame.Width) + 0.5).ShouldBe(y, 0.25);
        }
    }

    [Theory]
    [InlineData(0.02f, 1f, 2f)]
    [InlineData(0.04f, 1f, 2f)]
    [InlineData(0.04f, 2f, 1.2f)]
    [InlineData(0.06f, 1.5f, 3f)]
    [InlineData(0.2f, 1f, 2f)]
    public void Aperture_PointOffFocus_SpreadsToTheDiskOfGeometricOptics(float radius, float focus, float depth)
    {
        // Variance along x of an even disk: its squared diameter over 16. The mean over five pixels, which smooths what the rays of a pixel give, adds 2, a pixel's own width 1/12.
        var diameter = Math.Sqrt(16 * (Spread(Lens.Pinhole with { Radius = radius, Focus = focus }, depth).Variance - Spread(Lens.Pinhole, depth).Variance - 2 - (1 / 12.0)));
        var expected = 2 * radius * Math.Abs((1 / focus) - (1 / depth)) * Size;

        diameter.ShouldBe(expected, 0.15 * expected);
    }

    [Fact]
    public void Aperture_WithinTheSharpReach_StaysSharpAndBeyondDoesNot()
    {
        var lens = Lens.Pinhole with { Radius = 0.05f, Focus = 1.5f, SharpReach = 0.3f };

        Spread(lens, 1.75f).ShouldBe(Spread(Lens.Pinhole, 1.75f));
        Spread(lens, 1.25f).ShouldBe(Spread(Lens.Pinhole, 1.25f));
        Spread(lens, 2.1f).Variance.ShouldBeGreaterThan(2);
    }

    [Theory]
    [InlineData(12f, 0f)]
    [InlineData(0f, -20f)]
    [InlineData(-9f, 16f)]
    public void Motion_AnyDirection_SpreadsAnEdgeAsFarAsThePictureMoves(float x, float y)
    {
        var lens = Lens.Pinhole with { BlurX = x, BlurY = y };
        var (across, down) = (Spread(lens, 2), Spread(lens, 2, level: true));

        // Variance of an even line: its squared length over 12.
        Math.Sqrt(12 * across.Variance).ShouldBe(Math.Abs(x), (0.1 * Math.Abs(x)) + 0.9);
        Math.Sqrt(12 * down.Variance).ShouldBe(Math.Abs(y), (0.1 * Math.Abs(y)) + 0.9);
        across.Middle.ShouldBe(Spread(Lens.Pinhole, 2).Middle, 0.5);
        down.Middle.ShouldBe(Spread(Lens.Pinhole, 2).Middle, 0.5);
    }

    [Fact]
    public void Motion_Labels_AreThoseOfTheMiddleOfTheExposure()
    {
        var still = new Stage(SolidScene.Solid(Primitive.Box, 0.1f, 0, -1.5f, 0.2f, 0.3f, 0.1f), Wall()) { Lighting = Dark };
        var moving = still with { Samples = 4, Camera = still.Camera with { Lens = Lens.Pinhole with { BlurX = 9, Radius = 0.02f, Focus = 0.5f } } };
        var (expected, actual) = (still.Render(), moving.Render());

        actual.Ids.ShouldBe(expected.Ids);
        actual.Depth.ShouldBe(expected.Depth);
    }

    [Fact]
    public void Vignette_Corner_LosesItsShareOfTheLightAndTheMiddleNothing()
    {
        var frame = Grey(new Photometrics(Vector3.One, 1, 1, 0, 90) { Vignette = 0.6f });
        var plain = Grey(new Photometrics(Vector3.One, 1, 1, 0, 90));

        (Linear(frame, 0, 0) / Linear(plain, 0, 0)).ShouldBe(0.4, 0.03);
        (Linear(frame, Size / 2, Size / 2) / Linear(plain, Size / 2, Size / 2)).ShouldBe(1, 0.01);
        (Linear(frame, 0, Size / 2) / Linear(plain, 0, Size / 2)).ShouldBe(0.7, 0.03);
    }

    [Fact]
    public void Dust_Speck_TakesItsShareInItsMiddleAndNothingBeyondItsRadius()
    {
        var photo = new Photometrics(Vector3.One, 1, 1, 0, 90);
        var plain = Grey(photo);
        var frame = new Stage(Wall()) { Width = Size, Height = Size, Lighting = Dark, Photometrics = photo, Specks = [new Speck { X = 40.5f, Y = 70.5f, Radius = 8, Darkness = 0.3f }] }.Render();

        (Linear(frame, 40, 70) / Linear(plain, 40, 70)).ShouldBe(0.7, 0.01);
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                (Math.Sqrt(((x - 40) * (x - 40)) + ((y - 70) * (y - 70))) < 8 || frame.Colour(x, y) == plain.Colour(x, y)).ShouldBeTrue($"{x}, {y}");
            }
        }
    }

    [Theory]
    [InlineData(0.1f, 0.2)]
    [InlineData(0.3f, 0.6)]
    [InlineData(0.9f, 1)]
    public void Haze_Wall_IsVeiledByItsShareForEachMetre(float haze, double veil)
    {
        var frame = Grey(new Photometrics(Vector3.One, 1, 1, 0, 90) { Haze = haze });

        // The wall is 2 m away, reflects half of 0.8; the veil is as bright as the light from everywhere.
        Linear(frame, Size / 2, Size / 2).ShouldBe(((1 - veil) * 0.4) + veil, 0.01);
    }

    private static Frame Grey(Photometrics photo) => new Stage(Wall()) { Width = Size, Height = Size, Lighting = Dark, Photometrics = photo }.Render();

    private static Primitive Wall() => SceneDraft.Coloured(Solids.Box(Placing.Upright(new Vector3(0, 0, -2.05f), 0), 12, 12, 0.1f), new Vector3(0.5f));

    /// <summary>Where the edge between a white half of the picture and a black one is seen, and the variance of what it is spread by, pixels².</summary>
    private static (double Middle, double Variance) Spread(Lens lens, float depth, bool level = false)
    {
        var (aside, turn) = level ? (new Vector3(0, -10, -depth), Math.PI / 2) : (new Vector3(-10, 0, -depth), 0);
        var white = SceneDraft.Coloured(Solids.Box(Placing.Turned(aside, 0, 0, turn), 20, 40, 0.001f), new Vector3(1.2f));
        var stage = new Stage(white, white with { CentreX = -aside.X, CentreY = -aside.Y, SideRed = 0, SideGreen = 0, SideBlue = 0 }) { Width = Size, Height = Size, Samples = 4, Lighting = Dark };
        var frame = (stage with { Camera = stage.Camera with { Lens = lens } }).Render();
        // Away from the picture's rim, where the means are cut.
        var profile = Enumerable.Range(0, Size).Select(along => Enumerable.Range(10, 100).Average(beside => level ? Linear(frame, beside, Size - 1 - along) : Linear(frame, along, beside))).ToArray();
        var steps = profile.Zip(profile.Skip(1), (before, after) => (before - after) / (profile[0] - profile[^1])).ToArray();
        var middle = steps.Select((step, x) => step * (x + 1)).Sum();
        return (middle, steps.Select((step, x) => step * (x + 1 - middle) * (x + 1 - middle)).Sum());
    }

    private static double Linear(Frame frame, int x, int y) => Math.Pow(frame.Colour(x, y).Green / 255.0, Shading.Decoding);
}
