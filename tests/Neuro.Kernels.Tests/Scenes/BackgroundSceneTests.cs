using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Scenes;

/// <summary>Pictures of the catalogue behind a product in the hand.</summary>
public sealed class BackgroundSceneTests
{
    private const int Images = 60;

    private static readonly (byte, byte, byte) Magenta = (255, 0, 255);
    private static readonly (byte, byte, byte) Yellow = (255, 255, 0);

    [Theory]
    [InlineData(16, 48)]
    [InlineData(48, 48)]
    [InlineData(96, 32)]
    public void Build_WithAPictureOnly_ItReachesEveryCornerThroughAnyLens(int width, int height)
    {
        var catalogue = TestShop.With(Halves(40, 10, Magenta, Magenta));
        var recipe = Small(catalogue, width, height)
            .With("camera.fieldOfView", Distribution.Uniform(10, 100)).With("scenery.distance", Distribution.Uniform(0.15, 2))
            .With("lens.distortion", Distribution.Choice(-0.4, 0.4, Distribution.Uniform(-0.4, 0.4))).With("lens.rollingShutter", Distribution.Uniform(-10, 10))
            .With("lens.motionBlur", Distribution.Uniform(0, 6)).With("lens.aperture", Distribution.Uniform(0, 8));
        ForEach(catalogue, recipe, (scene, frame) =>
        {
            foreach (var corner in (int[])[0, width - 1, width * (height - 1), (width * height) - 1])
            {
                var (red, green, blue) = (frame.Rgb[3 * corner], frame.Rgb[(3 * corner) + 1], frame.Rgb[(3 * corner) + 2]);
                frame.Ids[corner].ShouldBe(0);
                float.IsFinite(frame.Depth[corner]).ShouldBeTrue();
                (green < 40 && red > green + 50 && blue > green + 50).ShouldBeTrue($"image {scene.Index}, pixel {corner}: {red}, {green}, {blue}");
            }

            scene.Instances.Count.ShouldBe(1);
        });
    }

    [Fact]
    public void Build_WithAPictureOnly_KeepsItsProportionsAndFacesTheCamera()
    {
        var catalogue = TestShop.With(Halves(60, 20, Magenta, Yellow));
        ForEach(catalogue, Small(catalogue, 48, 48), (scene, _) =>
        {
            var board = scene.Primitives.Single(solid => solid is { Turned: 1, Id: 0, SideRed: 1 });
            (board.HalfX / board.HalfY).ShouldBe(3, 1e-4f);
            new System.Numerics.Vector3(board.AxisZX, board.AxisZY, board.AxisZZ).ShouldBe(-scene.Camera.Forward);
        });
    }

    [Fact]
    public void Build_PictureOfTwoHalves_IsMirroredAboutHalfOfTheTime()
    {
        var catalogue = TestShop.With(Halves(32, 32, Magenta, Yellow));
        var (straight, mirrored) = (0, 0);
        ForEach(catalogue, Small(catalogue, 48, 48), (_, frame) =>
        {
            // Blue is magenta's alone, in the middle of the first and last column.
            var (left, right) = (frame.Rgb[(3 * 48 * 24) + 2], frame.Rgb[(3 * ((48 * 24) + 47)) + 2]);
            straight += left > right + 40 ? 1 : 0;
            mirrored += right > left + 40 ? 1 : 0;
        });

        (straight + mirrored).ShouldBeGreaterThan(Images / 2);
        straight.ShouldBeInRange(Images / 6, Images);
        mirrored.ShouldBeInRange(Images / 6, Images);
    }

    [Fact]
    public void Build_CatalogueWithoutBackgrounds_HasNoneAtAnyWeight()
    {
        var recipe = HandheldRecipe.Default(TestShop.Shapes);
        for (var index = 0; index < Images; index++)
        {
            var (never, always) = (Build(recipe.With("scenery.picture", 0), TestShop.Shapes, index), Build(recipe.With("scenery.picture", Distribution.Uniform(0.5, 1)), TestShop.Shapes, index));
            always.Primitives.ShouldBe(never.Primitives);
            always.Camera.ShouldBe(never.Camera);
        }
    }

    [Fact]
    public void Build_WeightsOfAllFour_ShowsThePictureAsOftenAsItsShare()
    {
        var catalogue = TestShop.With(Halves(8, 8, Magenta, Yellow));
        var recipe = HandheldRecipe.Default(catalogue) with { Width = 48, Height = 48 };
        var (count, share) = (300, 0.3 / 1.3);
        double Shown(HandheldRecipe asked) => Enumerable.Range(0, count).Average(index => Build(asked, catalogue, index).Primitives.Any(solid => solid is { Turned: 1, Id: 0, SideRed: 1 }) ? 1.0 : 0);

        Shown(recipe).ShouldBe(share, 3 * Math.Sqrt(share * (1 - share) / count));
        Shown(recipe.With("scenery.picture", 0)).ShouldBe(0);
    }

    /// <summary>The product small and in the middle, a clean sensor: the rim of the picture is all background.</summary>
    private static HandheldRecipe Small(Catalogue catalogue, int width, int height)
    {
        var recipe = HandheldRecipe.Default(catalogue) with { Width = width, Height = height };
        foreach (var knob in (string[])["scenery.shelf", "scenery.fridge", "scenery.plain", "scenery.blur", "hold.hand", "hold.side", "hold.height", "hold.yaw", "photo.noise"])
        {
            recipe = recipe.With(knob, 0);
        }

        return recipe.With("hold.size", 0.3).With("photo.exposure", 1);
    }

    private static Scene Build(Recipe recipe, Catalogue catalogue, int index) => SceneBuilder.Build(recipe, catalogue, 6, index);

    private static void ForEach(Catalogue catalogue, Recipe recipe, Action<Scene, Frame> law)
    {
        using var backend = RenderBackends.Create();
        var frame = new Frame(recipe.Width, recipe.Height);
        for (var index = 0; index < Images; index++)
        {
            var scene = Build(recipe, catalogue, index);
            backend.Render(scene, frame);
            law(scene, frame);
        }
    }

    private static Image Halves(int width, int height, (byte R, byte G, byte B) left, (byte R, byte G, byte B) right) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => i % width < width / 2 ? left : right).SelectMany(colour => new[] { colour.R, colour.G, colour.B })]);
}
