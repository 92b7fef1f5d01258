using CsCheck;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Scenes;

public sealed class SceneBuilderTests
{
    private static readonly Gen<(ulong Seed, int Index)> AnyImage = Gen.Select(Gen.ULong, Gen.Int[0, int.MaxValue]);

    [Fact]
    public void Build_SameImageTwice_GivesTheSameScene()
    {
        var (first, again) = (SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, 5, 17), SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, 5, 17));

        again.Primitives.ShouldBe(first.Primitives);
        again.Texels[..again.TexelCount].ShouldBe(first.Texels[..first.TexelCount]);
        again.Camera.ShouldBe(first.Camera);
        again.Photometrics.ShouldBe(first.Photometrics);
    }

    [Fact]
    public void Build_OtherSeedOrIndex_GivesAnotherScene()
    {
        var scenes = new[] { (5UL, 17), (6UL, 17), (5UL, 18) }.Select(image => SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, image.Item1, image.Item2).Camera.Origin);
        scenes.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Build_WithAProductInHalfOfTheDraws_ShowsItAsOften()
    {
        var recipe = HandheldRecipe.Default(TestShop.Catalogue) with { Product = Distribution.Choice(-1, 1) };
        var shown = Enumerable.Range(0, 400).Select(index => SceneBuilder.Build(recipe, TestShop.Catalogue, 3, index).Instances.Single().ClassId).ToList();
        // Half, and the one it is among all products; three standard deviations are 7.5 %.
        shown.Average(product => product == 1 ? 1.0 : 0).ShouldBe(0.5 + (0.5 / TestShop.Catalogue.Products.Count), 0.075);
    }

    [Fact]
    public void Build_WithAProductBeyondTheLast_ShowsTheLast() =>
        SceneBuilder.Build(HandheldRecipe.Default(TestShop.Catalogue) with { Product = 9999 }, TestShop.Catalogue, 3, 0)
            .Instances.Single().ClassId.ShouldBe(TestShop.Catalogue.Products.Count - 1);

    [Fact]
    public void Render_AnyScene_KeepsTheLawsOfAFrame()
    {
        using var backend = RenderBackends.Create();
        AnyImage.Sample(
            image =>
            {
                var scene = SceneBuilder.Build(TestShop.Recipe(), TestShop.Catalogue, image.Seed, image.Index);
                var frame = new Frame(scene.Width, scene.Height);
                backend.Render(scene, frame);
                var visible = new int[scene.Instances.Count + 1];
                for (var pixel = 0; pixel < frame.Ids.Length; pixel++)
                {
                    var id = frame.Ids[pixel];
                    id.ShouldBeInRange(0, scene.Instances.Count);
                    visible[id]++;
                    float.IsNaN(frame.Depth[pixel]).ShouldBeFalse();
                    frame.Depth[pixel].ShouldBeGreaterThan(0);
                    (id == 0 || float.IsFinite(frame.Depth[pixel])).ShouldBeTrue();
                    var length = frame.Normals.AsSpan(3 * pixel, 3).ToArray().Sum(component => (double)component * component);
                    (float.IsFinite(frame.Depth[pixel]) ? Math.Abs(length - 1) < 1e-4 : length == 0).ShouldBeTrue();
                }

                for (var id = 1; id < visible.Length; id++)
                {
                    visible[id].ShouldBeLessThanOrEqualTo(frame.UnoccludedArea[id]);
                }
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void Build_AnyScene_ProductsStandOnBoardsBehindTheEdgeAndApart() =>
        AnyImage.Sample(
            image =>
            {
                var recipe = TestShop.Recipe().Validated();
                var layout = ShelfLayout.Draw(recipe.Rows, recipe.Row, recipe.Distractors, recipe.Product, TestShop.Catalogue, int.MaxValue, image.Seed, (ulong)image.Index);
                foreach (var one in layout.Placements)
                {
                    (one.Y - one.ExtentY).ShouldBe(layout.Boards[one.Row], 1e-9);
                    (one.Y + one.ExtentY).ShouldBeLessThan(layout.Boards[one.Row + 1] - ShelfLayout.Thickness);
                    (one.Z + one.ExtentZ).ShouldBeLessThanOrEqualTo(1e-9);
                    (one.Z - one.ExtentZ).ShouldBeGreaterThan(-layout.Depth);
                    (Math.Abs(one.X) + one.ExtentX).ShouldBeLessThan(layout.Length / 2);
                }

                var pairs = layout.Placements.SelectMany((a, i) => layout.Placements.Skip(i + 1).Where(b => b.Row == a.Row).Select(b => (a, b)));
                pairs.ShouldAllBe(pair => Math.Abs(pair.a.X - pair.b.X) > pair.a.ExtentX + pair.b.ExtentX - 1e-9 || Math.Abs(pair.a.Z - pair.b.Z) > pair.a.ExtentZ + pair.b.ExtentZ - 1e-9);
            },
            iter: 60);

    [Fact]
    public void Build_DefaultRecipe_ShowsEnoughProductsAcrossImages()
    {
        var recipe = TestShop.Recipe(160, 120);
        using var backend = RenderBackends.Create();
        var frame = new Frame(160, 120);
        var visible = Enumerable.Range(0, 40).Select(index =>
        {
            backend.Render(SceneBuilder.Build(recipe, TestShop.Catalogue, 3, index), frame);
            return frame.Ids.Where(id => id != 0).GroupBy(id => id).Count(pixels => pixels.Count() > 20);
        }).ToArray();

        visible.Average().ShouldBeInRange(15, 45);
        visible.ShouldAllBe(count => count > 0);
    }

    [Fact]
    public void Build_CatalogueOfAnotherHash_NamesBoth()
    {
        var other = TestShop.Recipe() with { Catalogue = "0123" };
        var error = Should.Throw<RecipeException>(() => SceneBuilder.Build(other, TestShop.Catalogue, 1, 0));
        error.Code.ShouldBe("recipe.catalogue_mismatch");
        error.Message.ShouldBe($"recipe: $.catalogue is \"0123\"; expected {TestShop.Catalogue.Hash}, the hash of catalogue 'test shop'.");
    }

    [Fact]
    public void Project_CentreOfAVisibleProduct_IsInItsPixels()
    {
        var recipe = TestShop.Recipe() with { Camera = new CameraKnobs { Roll = 30, Yaw = 20, Pitch = 15, Distance = 1, Side = 0, Height = 0.5 }, Row = new RowKnobs { Facings = 3, Depth = 1, Missing = 0 }, Distractors = new DistractorKnobs { Unknown = 0 } };
        var scene = SceneBuilder.Build(recipe, TestShop.Catalogue, 2, 0);
        var frame = new Frame(96, 72);
        using var backend = RenderBackends.Create();
        backend.Render(scene, frame);

        var inside = scene.Instances.Where(one =>
        {
            var (x, y, _) = scene.Camera.Project(one.Placing.Origin, 96, 72);
            return x is > 0 and < 96 && y is > 0 and < 72 && frame.Ids[((int)y * 96) + (int)x] == one.Id;
        });
        inside.Count().ShouldBeGreaterThanOrEqualTo(2);
    }
}
