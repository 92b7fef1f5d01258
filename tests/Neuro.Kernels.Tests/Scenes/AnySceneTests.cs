using System.Numerics;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Tests.Catalogues;
using Neuro.Kernels.Tests.Recipes;
using Neuro.Kernels.Tests.Rendering;

namespace Neuro.Kernels.Tests.Scenes;

/// <summary>What holds for every scene of every recipe, with products of every shape.</summary>
public sealed class AnySceneTests
{
    private const int Count = 50;

    private static readonly IRenderBackend Backend = RenderBackends.Create();

    [Fact]
    public void Render_AnyRecipe_EveryPixelKeepsItsRange() => ForAny((scene, frame) =>
    {
        for (var pixel = 0; pixel < frame.Ids.Length; pixel++)
        {
            var (id, depth, part) = (frame.Ids[pixel], frame.Depth[pixel], frame.Parts![pixel]);
            id.ShouldBeInRange(0, scene.Instances.Count);
            (depth > 0).ShouldBeTrue($"depth {depth}");
            (id == 0 || float.IsFinite(depth)).ShouldBeTrue();
            (id > 0).ShouldBe(part > 0, $"id {id}, part {part}");
            Enum.IsDefined((Part)part).ShouldBeTrue();
            var normal = new Vector3(frame.Normals[3 * pixel], frame.Normals[(3 * pixel) + 1], frame.Normals[(3 * pixel) + 2]);
            normal.Length().ShouldBe(float.IsFinite(depth) ? 1 : 0, 1e-4f);
            for (var channel = 0; channel < 3; channel++)
            {
                var light = frame.Irradiance![(3 * pixel) + channel];
                (float.IsFinite(light) && light >= 0).ShouldBeTrue($"irradiance {light}");
            }

            var (u, v) = (frame.Uv![2 * pixel], frame.Uv[(2 * pixel) + 1]);
            ((u == -1 && v == -1) || (u is >= 0 and <= 1 && v is >= 0 and <= 1)).ShouldBeTrue($"uv {u}, {v} of part {(Part)part}");
        }
    });

    [Fact]
    public void Label_AnyRecipe_EveryLabelKeepsItsRange() => ForAny((scene, frame) =>
    {
        var labels = LabelPass.Run(scene, frame);
        labels.Instances.Select(one => one.Id).ShouldBe(frame.Ids.Where(id => id > 0).Distinct().Order());
        foreach (var one in labels.Instances)
        {
            var (visible, whole) = (one.Mask.Decode(), one.AmodalMask.Decode());
            visible.SequenceEqual(frame.Ids.Select(id => id == one.Id)).ShouldBeTrue();
            one.Area.ShouldBeGreaterThan(0);
            one.Area.ShouldBe(visible.Count(pixel => pixel));
            one.UnoccludedArea.ShouldBe(whole.Count(pixel => pixel));
            visible.Zip(whole).Count(pixel => pixel.First && !pixel.Second).ShouldBe(0, "visible pixels outside the amodal mask");
            one.Visibility.ShouldBeInRange(float.Epsilon, 1);
            one.Box.ShouldBe(Tight(visible, frame.Width));
            one.AmodalBox.ShouldBe(Tight(whole, frame.Width));
            one.Truncation.ShouldBeInRange(0, 0.99999994f);
            one.Truncated.ShouldBe(one.Truncation > 0);
            one.FrontAngle.ShouldBeInRange(0, 180);
            one.Pose.Rotation.Length().ShouldBe(1, 1e-5f);
            one.Pose.Translation.Z.ShouldBeGreaterThan(-4);
            one.Corners.Count.ShouldBe(8);
            one.Corners.ShouldAllBe(corner => float.IsFinite(corner.X) && float.IsFinite(corner.Y) && corner.Visibility >= 0 && corner.Visibility <= 2);
            one.Sku.ShouldBe(TestShop.Shapes.Products[one.ClassId].Sku);
            (one.OrientedBox.Width * one.OrientedBox.Height).ShouldBeInRange(one.Area * 0.999f, one.Box.Width * one.Box.Height * 1.001f);
            one.OrientedBox.Angle.ShouldBeInRange(-45, 44.9999f);
        }
    });

    [Fact]
    public void Render_AnyRecipe_IsAFunctionOfRecipeSeedAndIndexAlone()
    {
        // A catalogue of its own: nothing drawn for the images before can help or harm.
        var fresh = Catalogue.Unpack(TestShop.Shapes.Pack());
        var used = new Dictionary<(int, int), Frame>();
        foreach (var (recipe, seed, index) in Images(20))
        {
            var (before, alone) = (SceneBuilder.Build(recipe, TestShop.Shapes, seed, index), SceneBuilder.Build(recipe.Validated(), fresh, seed, index));
            if (!used.TryGetValue((recipe.Width, recipe.Height), out var reused))
            {
                used[(recipe.Width, recipe.Height)] = reused = new Frame(recipe.Width, recipe.Height, FrameMaps.All);
                Backend.Render(SceneBuilder.Build(recipe, TestShop.Shapes, seed ^ 1, index), reused);
            }

            var first = new Frame(recipe.Width, recipe.Height, FrameMaps.All);
            Backend.Render(alone, first);
            Backend.Render(before, reused);

            reused.Rgb.ShouldBe(first.Rgb);
            reused.Ids.ShouldBe(first.Ids);
            reused.Depth.ShouldBe(first.Depth);
            reused.Normals.ShouldBe(first.Normals);
            reused.Parts.ShouldBe(first.Parts);
            reused.Albedo.ShouldBe(first.Albedo);
            reused.Irradiance.ShouldBe(first.Irradiance);
            reused.Shadow.ShouldBe(first.Shadow);
            reused.Uv.ShouldBe(first.Uv);
            LabelPass.Run(before, reused).ShouldBe(LabelPass.Run(alone, first));
        }
    }

    [Fact]
    public void RenderShard_OneImageOrARunOfThem_GivesThatImageTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        foreach (var recipe in (Recipe[])[ShelfRecipe.Default(TestShop.Shapes), HandheldRecipe.Default(TestShop.Shapes), TabletopRecipe.Default(TestShop.Shapes)])
        {
            var small = recipe.With("width", 48).With("height", 36);
            DatasetRenderer.RenderShard(small, TestShop.Shapes, 6, 0, 6, folder.File("run.tar"), null, TestContext.Current.CancellationToken);
            DatasetRenderer.RenderShard(small, TestShop.Shapes, 6, 4, 1, folder.File("one.tar"), null, TestContext.Current.CancellationToken);
            var (one, inRun) = (ShardReader.Read(folder.File("one.tar")).Single(), ShardReader.Read(folder.File("run.tar")).Single(image => image.Index == 4));

            one.Jpeg.ShouldBe(inRun.Jpeg);
            one.IdsPng.ShouldBe(inRun.IdsPng);
            one.DepthPng.ShouldBe(inRun.DepthPng);
            one.Labels.ShouldBe(inRun.Labels);
        }
    }

    private static void ForAny(Action<Scene, Frame> law)
    {
        foreach (var (recipe, seed, index) in Images(Count))
        {
            var scene = SceneBuilder.Build(recipe, TestShop.Shapes, seed, index);
            var frame = new Frame(scene.Width, scene.Height, FrameMaps.All);
            Backend.Render(scene, frame);
            try
            {
                law(scene, frame);
            }
            catch (ShouldAssertException failed)
            {
                throw new ShouldAssertException($"Seed {seed}, index {index} of {recipe.ToJson()}: {failed.Message}", failed);
            }
        }
    }

    private static IEnumerable<(Recipe Recipe, ulong Seed, int Index)> Images(int count) =>
        Cases.Of(CsCheck.Gen.Select(RandomRecipes.Any(TestShop.Shapes.Hash), CsCheck.Gen.ULong, CsCheck.Gen.Int[0, int.MaxValue]), count);

    private static BoundingBox Tight(bool[] mask, int width)
    {
        var pixels = Enumerable.Range(0, mask.Length).Where(i => mask[i]).ToArray();
        var (left, top) = (pixels.Min(i => i % width), pixels.Min(i => i / width));
        return new BoundingBox(left, top, pixels.Max(i => i % width) - left + 1, pixels.Max(i => i / width) - top + 1);
    }
}
