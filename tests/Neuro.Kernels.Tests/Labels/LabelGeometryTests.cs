using System.Numerics;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Tests.Rendering;
using Neuro.Kernels.Tests.Scenes;

namespace Neuro.Kernels.Tests.Labels;

/// <summary>Poses, corners, amodal masks, planogram: labels that follow from where things are.</summary>
public sealed class LabelGeometryTests
{
    private const int Images = 12;

    private static readonly IRenderBackend Backend = RenderBackends.Create();

    [Fact]
    public void Pose_OfAnyProduct_LeadsItsCornersToWhereTheyAreLabelled()
    {
        foreach (var labels in Labelled([Pinhole(Shelf), Pinhole(Handheld), Pinhole(Tabletop)]))
        {
            foreach (var one in labels.Instances)
            {
                for (var i = 0; i < 8; i++)
                {
                    // Upper left, upper right, lower right, lower left; first the front.
                    var local = one.Size / 2 * new Vector3(i % 4 is 1 or 2 ? 1 : -1, i % 4 < 2 ? 1 : -1, i < 4 ? 1 : -1);
                    var seen = Vector3.Transform(local, one.Pose.Rotation) + one.Pose.Translation;
                    if (seen.Z > 0.05f)
                    {
                        one.Corners[i].X.ShouldBe((labels.Camera.FocalX * seen.X / seen.Z) + labels.Camera.CentreX, 0.05f + (1e-5f * Math.Abs(one.Corners[i].X)));
                        one.Corners[i].Y.ShouldBe((labels.Camera.FocalY * seen.Y / seen.Z) + labels.Camera.CentreY, 0.05f + (1e-5f * Math.Abs(one.Corners[i].Y)));
                    }
                }
            }
        }
    }

    [Fact]
    public void Corners_OfAnyProduct_EncloseItsAmodalBox()
    {
        foreach (var labels in Labelled([Pinhole(Shelf), Pinhole(Tabletop)]))
        {
            foreach (var one in labels.Instances.Where(one => one.Corners.All(corner => corner is not { X: 0, Y: 0 })))
            {
                (one.AmodalBox.X + 1.01f).ShouldBeGreaterThan(one.Corners.Min(corner => corner.X));
                (one.AmodalBox.Y + 1.01f).ShouldBeGreaterThan(one.Corners.Min(corner => corner.Y));
                (one.AmodalBox.X + one.AmodalBox.Width - 1.01f).ShouldBeLessThan(one.Corners.Max(corner => corner.X));
                (one.AmodalBox.Y + one.AmodalBox.Height - 1.01f).ShouldBeLessThan(one.Corners.Max(corner => corner.Y));
            }
        }
    }

    [Theory]
    // Straight before the camera the front hides the corners behind it.
    [InlineData(0, 2, 2, 2, 2, 1, 1, 1, 1)]
    // Turned by an eighth, front and left side are seen.
    [InlineData(Math.PI / 4, 2, 2, 2, 2, 2, 1, 1, 2)]
    // And from behind, back and left side.
    [InlineData(Math.PI * 3 / 4, 2, 1, 1, 2, 2, 2, 2, 2)]
    public void Corners_OfATurnedBox_AreVisibleWhereItIsSeenAndHiddenBehindIt(double yaw, params int[] visibility) =>
        Corners(0, yaw).Select(corner => corner.Visibility).ShouldBe(visibility);

    [Fact]
    public void Corners_OutsideThePicture_AreNotThere()
    {
        foreach (var (corner, i) in Corners(-0.9f, 0).Select((corner, i) => (corner, i)))
        {
            (corner.Visibility == 0).ShouldBe(i % 4 is 0 or 3, $"corner {i}");
        }
    }

    private static IReadOnlyList<Keypoint> Corners(float x, double yaw)
    {
        var stage = new Stage(SolidScene.Solid(Primitive.Box, x, 0, -2, 0.3f, 0.3f, 0.3f, yaw));
        var scene = stage.Scene;
        var frame = stage.Render();
        var instance = scene.Instances[0] with { Placing = Placing.Upright(new Vector3(x, 0, -2), yaw), Size = new Vector3(0.6f) };
        return new LabelGeometry(scene, frame).Label(instance, LabelPass.Masks(frame.Ids, 64, 64, 1).Single(), frame.Silhouettes[0]).Corners;
    }

    [Fact]
    public void AmodalMask_OfAHalfHiddenBox_IsItsMaskRenderedAlone()
    {
        var (near, far) = (SolidScene.Solid(Primitive.Box, -0.3f, 0.1f, -1.5f, 0.2f, 0.4f, 0.1f), SolidScene.Solid(Primitive.Box, 0.1f, 0, -2.5f, 0.4f, 0.4f, 0.3f, yaw: 0.6));
        var (both, alone) = (Labels(new Stage(near, far)), Labels(new Stage(far)));
        var hidden = both.Instances.Single(one => one.Id == 2);

        hidden.AmodalMask.ShouldBe(alone.Instances.Single().Mask);
        hidden.AmodalBox.ShouldBe(alone.Instances.Single().Box);
        hidden.Visibility.ShouldBeInRange(0.2f, 0.8f);
        alone.Instances.Single().Visibility.ShouldBe(1);
    }

    [Fact]
    public void AmodalMask_OfAnyProduct_IsItsMaskInAPictureOfItAlone()
    {
        for (var index = 0; index < 4; index++)
        {
            var scene = SceneBuilder.Build(Tabletop, TestShop.Shapes, 5, index);
            foreach (var one in Labels(scene).Instances)
            {
                var instance = scene.Instances[one.Id - 1];
                var primitives = scene.Primitives[instance.FirstPrimitive..(instance.FirstPrimitive + instance.PrimitiveCount)];
                var alone = new Scene
                {
                    Width = scene.Width, Height = scene.Height, Samples = 1, Seed = 1, Index = 0, Camera = scene.Camera, Lighting = Stage.Even, Photometrics = scene.Photometrics,
                    Instances = scene.Instances, WantsSilhouettes = false, Primitives = primitives, Nodes = Bvh.Build(primitives, scene.Camera.Origin), Texels = scene.Texels,
                };
                var frame = new Frame(scene.Width, scene.Height);
                Backend.Render(alone, frame);
                one.AmodalMask.Decode().SequenceEqual(frame.Ids.Select(id => id == one.Id)).ShouldBeTrue($"image {index}, {one.Sku}");
            }
        }
    }

    [Theory]
    [InlineData(0f, -1f)]
    [InlineData(1f, 0f)]
    [InlineData(-1f, 0f)]
    [InlineData(0f, 1f)]
    public void Truncation_OfABoxHalfOutside_IsAHalf(float x, float y)
    {
        // The picture's rim at depth 2 is 1 from its middle.
        var labels = Labels(new Stage(SolidScene.Solid(Primitive.Box, x, y, -2.001f, 0.3f, 0.3f, 0.001f)) { Width = 256, Height = 256 });

        labels.Instances.Single().Truncation.ShouldBe(0.5f, 0.02f);
    }

    [Fact]
    public void Truncation_OfABoxInside_IsNone() =>
        Labels(new Stage(SolidScene.Solid(Primitive.Box, 0.6f, 0, -2, 0.3f, 0.3f, 0.1f))).Instances.Single().Truncated.ShouldBeFalse();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(40, 40)]
    [InlineData(-90, 90)]
    [InlineData(180, 180)]
    public void FrontAngle_OfATurnedProduct_IsItsTurnAwayFromTheCamera(double yaw, float angle)
    {
        var recipe = Pinhole(Handheld).With("hold.yaw", yaw).With("hold.pitch", 0).With("hold.roll", 0).With("hold.side", 0).With("hold.height", 0).With("hold.hand", 0);

        // The camera is near, and the axes turn by what single precision leaves.
        Labels(SceneBuilder.Build(recipe, TestShop.Shapes, 1, 0)).Instances.Single().FrontAngle.ShouldBe(angle, 0.05f);
    }

    [Fact]
    public void Parts_OfAProductWithACap_AreOneInstance()
    {
        var recipe = Pinhole(Handheld).With("hold.yaw", 0).With("hold.hand", 0).With("width", 64).With("height", 64);
        var seen = new HashSet<(string Sku, Part Part)>();
        for (var index = 0; index < 60; index++)
        {
            var scene = SceneBuilder.Build(recipe, TestShop.Shapes, 1, index);
            var frame = new Frame(64, 64, FrameMaps.Parts);
            Backend.Render(scene, frame);
            var instance = scene.Instances.Single();
            LabelPass.Run(scene, frame).Instances.Single().Area.ShouldBe(frame.Parts!.Count(part => part > 0));
            seen.UnionWith(frame.Parts!.Where(part => part > 0).Select(part => (instance.Sku, (Part)part)));
        }

        seen.ShouldContain(("bottle", Part.Cap));
        seen.ShouldContain(("bottle", Part.Neck));
        seen.ShouldContain(("gable-cap", Part.Cap));
        seen.ShouldContain(("jar", Part.Cap));
        seen.ShouldContain(("pillow", Part.Seam));
    }

    private static ShelfRecipe Shelf => ShelfRecipe.Default(TestShop.Shapes) with { Width = 96, Height = 72 };

    private static HandheldRecipe Handheld => HandheldRecipe.Default(TestShop.Shapes) with { Width = 96, Height = 72 };

    private static TabletopRecipe Tabletop => TabletopRecipe.Default(TestShop.Shapes) with { Width = 96, Height = 72 };

    private static Recipe Pinhole(Recipe recipe) => recipe.With("lens.distortion", 0);

    private static IEnumerable<ImageLabels> Labelled(IEnumerable<Recipe> recipes) =>
        from recipe in recipes from index in Enumerable.Range(0, Images) select Labels(SceneBuilder.Build(recipe, TestShop.Shapes, 21, index));

    private static ImageLabels Labels(Stage stage) => Labels(stage.Scene);

    private static ImageLabels Labels(Scene scene)
    {
        var frame = new Frame(scene.Width, scene.Height);
        Backend.Render(scene, frame);
        return LabelPass.Run(scene, frame);
    }
}
