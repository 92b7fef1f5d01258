using System.Numerics;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Scenes.Models;
using Neuro.Kernels.Tests.Scenes.Models;

namespace Neuro.Kernels.Tests.Scenes;

/// <summary>Things stand on something, apart from each other, before the camera and as often as asked for.</summary>
public sealed class StagingTests
{
    private const int Images = 40;
    private const float Tolerance = 0.002f;

    [Fact]
    public void Build_AnyShelf_ProductsStandOnItsBoards() =>
        Stand(Plain(ShelfRecipe.Default(TestShop.Shapes)).With("row.fallen", 0.3).With("fixture.crates", 0.5));

    [Fact]
    public void Build_AnyTable_ProductsStandOnIt() => Stand(Plain(TabletopRecipe.Default(TestShop.Shapes)).With("table.fallen", 0.5));

    [Fact]
    public void Build_AnyShelf_NoProductIsInAnother() => Apart(Plain(ShelfRecipe.Default(TestShop.Shapes)).With("row.fallen", 0.3), roundIsTurned: false);

    [Fact]
    public void Build_AnyTable_NoProductIsInAnother() => Apart(Plain(TabletopRecipe.Default(TestShop.Shapes)).With("table.products", 40).With("table.fallen", 0.5), roundIsTurned: true);

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(10)]
    public void Lookalikes_OfAMultiple_AreThatShareOfWhatStandsThere(double multiple)
    {
        var recipe = ShelfRecipe.Default(TestShop.Shapes);
        var row = recipe.Row with { Repeat = 1, Depth = 1, Disorder = 0, Missing = 0 };
        var placed = Enumerable.Range(0, 60)
            .SelectMany(index => ShelfLayout.Draw(3, row, new DistractorKnobs { Unknown = 0, Lookalikes = multiple }, null, TestShop.Shapes, int.MaxValue, 4, (ulong)index).Placements).ToArray();
        var share = multiple / (1 + multiple);

        // Each place is drawn by itself: a binomial.
        placed.Average(one => one.Article.IsWanted ? 0.0 : 1).ShouldBe(share, 3 * Math.Sqrt(share * (1 - share) / placed.Length));
        placed.ShouldAllBe(one => one.Article.Product >= 0);
    }

    [Fact]
    public void Empty_Always_GivesNoInstanceInAnyGenerator()
    {
        foreach (var recipe in Defaults())
        {
            for (var index = 0; index < Images / 2; index++)
            {
                SceneBuilder.Build(recipe.With("distractors.empty", 1), TestShop.Shapes, 2, index).Instances.ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public void Empty_AtTimes_LeavesThatShareOfScenesWithoutAnInstance()
    {
        var recipe = TabletopRecipe.Default(TestShop.Shapes).With("distractors.empty", 0.3).With("distractors.unknown", 0);
        var empty = Enumerable.Range(0, 200).Average(index => SceneBuilder.Build(recipe, TestShop.Shapes, 2, index).Instances.Count == 0 ? 1.0 : 0);

        empty.ShouldBe(0.3, 3 * Math.Sqrt(0.3 * 0.7 / 200));
    }

    [Fact]
    public void Handheld_ByDefault_ShowsExactlyOneInstance()
    {
        using var backend = RenderBackends.Create();
        var recipe = HandheldRecipe.Default(TestShop.Shapes) with { Width = 64, Height = 64 };
        for (var index = 0; index < Images; index++)
        {
            var scene = SceneBuilder.Build(recipe, TestShop.Shapes, 2, index);
            var frame = new Frame(64, 64);
            backend.Render(scene, frame);
            LabelPass.Run(scene, frame).Instances.Count.ShouldBe(1, $"image {index}");
        }
    }

    [Fact]
    public void Handheld_HeldUpright_IsAsHighAsAskedFor()
    {
        using var backend = RenderBackends.Create();
        Recipe recipe = HandheldRecipe.Default(TestShop.Shapes) with { Width = 96, Height = 96 };
        foreach (var knob in (string[])["hold.yaw", "hold.pitch", "hold.roll", "hold.side", "hold.height", "hold.hand", "lens.distortion"])
        {
            recipe = recipe.With(knob, 0);
        }

        foreach (var size in (double[])[0.3, 0.5, 0.8])
        {
            for (var index = 0; index < Images; index++)
            {
                var scene = SceneBuilder.Build(recipe.With("hold.size", size), TestShop.Shapes, 2, index);
                var frame = new Frame(96, 96);
                backend.Render(scene, frame);
                var one = LabelPass.Run(scene, frame).Instances.Single();
                // What would be nearer than a hand's breadth is held farther away.
                if (one.Size.Y / (2 * scene.Camera.TanHalfFov * size) > 0.16)
                {
                    (one.AmodalBox.Height / 96.0).ShouldBeInRange(0.85 * size, 1.15 * size, $"{one.Sku}, image {index}");
                }
            }
        }
    }

    [Fact]
    public void Occluders_BeforeAHand_LieBetweenTheCameraAndTheProduct()
    {
        var recipe = HandheldRecipe.Default(TestShop.Shapes).With("distractors.occluders", 6);
        for (var index = 0; index < Images; index++)
        {
            var scene = SceneBuilder.Build(recipe, TestShop.Shapes, 77, index);
            var product = Vector3.Distance(scene.Camera.Origin, scene.Instances.Single().Placing.Origin);
            foreach (var occluder in scene.Primitives[^6..])
            {
                Vector3.Distance(scene.Camera.Origin, new Vector3(occluder.CentreX, occluder.CentreY, occluder.CentreZ)).ShouldBeLessThan(product, $"image {index}");
            }
        }
    }

    [Fact]
    public void Camera_OfAnyDefaultRecipe_IsAboveTheFloorAndOutsideOfEverything()
    {
        foreach (var recipe in Defaults())
        {
            for (var index = 0; index < 4 * Images; index++)
            {
                var scene = SceneBuilder.Build(recipe, TestShop.Shapes, 3, index);
                var around = scene.Primitives.Where(solid => Holds(in solid, scene.Camera.Origin)).ToArray();
                around.Length.ShouldBe(0, $"{recipe.Generator}, image {index}: the camera at {scene.Camera.Origin} is in shape {around.FirstOrDefault().Shape} of instance {around.FirstOrDefault().Id}");
                scene.Camera.Origin.Y.ShouldBeGreaterThan(recipe is TabletopRecipe ? 0 : -0.12f);
            }
        }
    }

    private static Recipe[] Defaults() => [ShelfRecipe.Default(TestShop.Shapes), HandheldRecipe.Default(TestShop.Shapes), TabletopRecipe.Default(TestShop.Shapes)];

    private static Recipe Plain(Recipe recipe) => recipe.With("distractors.unknown", 0);

    private static void Stand(Recipe recipe)
    {
        for (var index = 0; index < Images; index++)
        {
            var scene = SceneBuilder.Build(recipe, TestShop.Shapes, 8, index);
            var tops = scene.Primitives.Where(solid => solid is { Id: 0, Shape: Primitive.Box, Turned: 0 }).ToArray();
            foreach (var one in scene.Instances)
            {
                var lowest = scene.Primitives.AsSpan(one.FirstPrimitive, one.PrimitiveCount).ToArray().SelectMany(solid => new ModelPart(solid, Ink.Faces).Points()).Min(point => point.Y);
                var gap = tops.Where(solid => Math.Abs(one.Placing.Origin.X - solid.CentreX) <= solid.HalfX && Math.Abs(one.Placing.Origin.Z - solid.CentreZ) <= solid.HalfZ)
                    .Min(solid => Math.Abs(solid.CentreY + solid.HalfY - lowest));
                gap.ShouldBeLessThan(Tolerance, $"{one.Sku} of image {index}, its up axis {one.Placing.YAxis}");
            }
        }
    }

    private static void Apart(Recipe recipe, bool roundIsTurned)
    {
        for (var index = 0; index < Images; index++)
        {
            var boxes = SceneBuilder.Build(recipe, TestShop.Shapes, 8, index).Instances.Select(one => (one.Sku, one.Size, Placing: Untangled(one))).ToArray();
            for (var i = 0; i < boxes.Length; i++)
            {
                for (var k = i + 1; k < boxes.Length; k++)
                {
                    AreApart(boxes[i].Placing, boxes[i].Size, boxes[k].Placing, boxes[k].Size).ShouldBeTrue($"{boxes[i].Sku} and {boxes[k].Sku} of image {index}");
                }
            }
        }

        // What is round takes no more room when it is turned.
        Placing Untangled(SceneInstance one) => !roundIsTurned && TestShop.Shapes.Products[one.ClassId].Shape.IsRound() && one.Placing.IsUpright ? Placing.Upright(one.Placing.Origin, 0) : one.Placing;
    }

    /// <summary>Separating axes of two turned boxes (Gottschalk, Lin and Manocha 1996), each shrunk by half the tolerance.</summary>
    private static bool AreApart(Placing a, Vector3 sizeA, Placing b, Vector3 sizeB)
    {
        Vector3[] own = [a.XAxis, a.YAxis, a.ZAxis], other = [b.XAxis, b.YAxis, b.ZAxis];
        var axes = own.Concat(other).Concat(from x in own from y in other let across = Vector3.Cross(x, y) where across.Length() > 1e-3f select Vector3.Normalize(across));
        return axes.Any(axis => Math.Abs(Vector3.Dot(b.Origin - a.Origin, axis)) > Reach(own, sizeA, axis) + Reach(other, sizeB, axis));

        static float Reach(Vector3[] axes, Vector3 size, Vector3 along)
        {
            var half = (size - new Vector3(Tolerance)) / 2;
            return (half.X * Math.Abs(Vector3.Dot(axes[0], along))) + (half.Y * Math.Abs(Vector3.Dot(axes[1], along))) + (half.Z * Math.Abs(Vector3.Dot(axes[2], along)));
        }
    }

    private static bool Holds(in Primitive solid, Vector3 point)
    {
        if (solid.Shape == Primitive.Triangle)
        {
            return false;
        }

        var away = point - new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ);
        var (x, y, z) = (
            Vector3.Dot(away, new Vector3(solid.AxisXX, solid.AxisXY, solid.AxisXZ)), Vector3.Dot(away, new Vector3(solid.AxisYX, solid.AxisYY, solid.AxisYZ)), Vector3.Dot(away, new Vector3(solid.AxisZX, solid.AxisZY, solid.AxisZZ)));
        var radius = Math.Max(solid.HalfX, solid.HalfZ);
        return Math.Abs(y) < solid.HalfY && (solid.Shape == Primitive.Box ? Math.Abs(x) < solid.HalfX && Math.Abs(z) < solid.HalfZ : (x * x) + (z * z) < radius * radius);
    }
}
