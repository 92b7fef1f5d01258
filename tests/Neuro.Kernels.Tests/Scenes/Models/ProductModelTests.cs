using System.Numerics;
using CsCheck;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes.Models;

namespace Neuro.Kernels.Tests.Scenes.Models;

public sealed class ProductModelTests
{
    private const float Millimetre = 0.001f;

    private static readonly Gen<Vector3> Sizes =
        Gen.Select(Gen.Float[0.03f, 0.3f], Gen.Float[0.04f, 0.35f], Gen.Float[0.03f, 0.2f]).Select((width, height, depth) => new Vector3(width, height, depth));

    private static readonly Gen<(ProductShape Shape, Vector3 Size, float RoofShare, Finish Finish)> Products =
        Gen.Select(Gen.Enum<ProductShape>(), Sizes, Gen.OneOf(Gen.Const(0f), Gen.Float[0.05f, 0.5f]), Gen.Enum<Finish>());

    /// <summary>Not along the axis of a round product, where the intersection has no digits left.</summary>
    private static readonly Gen<Vector3> Directions =
        Gen.Select(Gen.Float[-1, 1], Gen.Float[-1, 1], Gen.Float[-1, 1]).Select((x, y, z) => new Vector3(x, y, z)).Where(d => d.Length() is > 0.1f and < 1).Select(Vector3.Normalize).Where(d => MathF.Abs(d.Y) < 0.999f);

    [Fact]
    public void Of_AnyProduct_LiesInsideItsBox() => Products.Sample(product =>
    {
        var room = (product.Size / 2) + new Vector3(Millimetre);
        foreach (var point in Model(product).SelectMany(part => part.Points()))
        {
            Vector3.Abs(point).ShouldSatisfyAllConditions(
                p => p.X.ShouldBeLessThanOrEqualTo(room.X),
                p => p.Y.ShouldBeLessThanOrEqualTo(room.Y),
                p => p.Z.ShouldBeLessThanOrEqualTo(room.Z));
        }
    }, iter: 300);

    [Fact]
    public void Of_AnyProduct_FillsItsBoxFromFootToTopAndFromSideToSide() => Products.Where(product => !product.Shape.IsRound()).Sample(product =>
    {
        var points = Model(product).SelectMany(part => part.Points()).ToList();

        points.Min(point => point.Y).ShouldBe(-product.Size.Y / 2, Millimetre);
        points.Max(point => point.Y).ShouldBe(product.Size.Y / 2, Millimetre);
        points.Min(point => point.X).ShouldBe(-product.Size.X / 2, Millimetre);
        points.Max(point => point.X).ShouldBe(product.Size.X / 2, Millimetre);
    }, iter: 100);

    /// <summary>A ray to a point inside a closed surface meets it, wherever it comes from.</summary>
    [Fact]
    public void Of_AnyProduct_LetsNoRayThroughItsMiddle() =>
        Gen.Select(Products, Directions, Gen.Float[-0.25f, 0.25f], Gen.Float[-0.3f, 0], Gen.Float[-0.05f, 0.05f]).Sample((product, direction, x, y, z) =>
        {
            var thin = product.Shape.IsRound() ? MathF.Min(product.Size.X, product.Size.Z) : product.Size.X;
            var target = new Vector3(x * thin, y * product.Size.Y, z * product.Size.Z);

            var (part, distance) = Model(product).Nearest(target - (2 * direction), direction);

            part.ShouldBeGreaterThanOrEqualTo(0);
            distance.ShouldBeLessThanOrEqualTo(2 + Millimetre);
        }, iter: 20_000);

    [Fact]
    public void Of_AnyProduct_HasFiniteSizesAndUnitNormals() => Products.Sample(product =>
    {
        foreach (var (solid, _) in Model(product))
        {
            solid.Key.ShouldBeInRange(0, 63);
            if (solid.Shape == Primitive.Triangle)
            {
                solid.Winding().Length().ShouldBe(1, 1e-3f);
                foreach (var corner in solid.Corners())
                {
                    corner.Normal!.Value.Length().ShouldBe(1, 1e-4f);
                    corner.U.ShouldBeInRange(-1e-4f, 1 + 1e-4f);
                    corner.V.ShouldBeInRange(-1e-4f, 1 + 1e-4f);
                }
            }
            else
            {
                new[] { solid.HalfX, solid.HalfY, solid.HalfZ }.ShouldAllBe(half => half > 0 && half < 1);
                new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ).Length().ShouldBeLessThan(1);
            }
        }
    }, iter: 300);

    /// <summary>A shading normal on the far side of its surface would show as a black spot. Bags thicker than wide or high are not asked.</summary>
    [Fact]
    public void Of_AnyProduct_HasNormalsOnTheOuterSideOfTheSurface() => Products.Sample(product =>
    {
        product.Size.Z = MathF.Min(product.Size.Z, MathF.Min(product.Size.X, product.Size.Y));
        foreach (var (solid, _) in Model(product))
        {
            if (solid.Shape == Primitive.Triangle)
            {
                solid.Corners().ShouldAllBe(corner => Vector3.Dot(corner.Normal!.Value, solid.Winding()) > 0);
            }
            else if (solid.Shape == Primitive.Frustum)
            {
                var flat = Vector2.Normalize(new Vector2(1, (solid.HalfX - solid.HalfZ) / (2 * solid.HalfY)));
                Vector2.Dot(flat, Vector2.Normalize(new Vector2(1, solid.Normal0Y))).ShouldBeGreaterThan(0.57f);
                Vector2.Dot(flat, Vector2.Normalize(new Vector2(1, solid.Normal1Y))).ShouldBeGreaterThan(0.57f);
            }
        }
    }, iter: 300);

    [Fact]
    public void Of_Bag_ShowsTheOuterSideOfItsFilm() =>
        Gen.Select(Gen.OneOf(Gen.Const(ProductShape.PillowBag), Gen.Const(ProductShape.Pouch)), Sizes, Directions, Gen.Float[-0.2f, 0.2f], Gen.Float[-0.2f, 0.2f]).Sample((shape, size, direction, x, y) =>
        {
            var model = ProductModel.Of(shape, size, 0, Finish.Opaque);

            var (part, _) = model.Nearest(new Vector3(x * size.X, y * size.Y, 0) - (2 * direction), direction);

            // A seal is one sheet with two sides.
            if (model[part].Solid.Part != (int)Neuro.Kernels.Labels.Part.Seam)
            {
                Vector3.Dot(model[part].Solid.Winding(), direction).ShouldBeLessThan(1e-3f);
            }
        }, iter: 5000);

    [Fact]
    public void Of_AnyProduct_PrintsFromLeftToRightAndFromTopToBottom() => Products.Sample(product =>
    {
        foreach (var (solid, ink) in Model(product).Where(part => part.Solid.Shape == Primitive.Triangle && part.Ink is Ink.Front or Ink.Back or Ink.Top))
        {
            var corners = solid.Corners();
            var isBehind = ink is Ink.Back || (ink is Ink.Top && solid.Winding().Z < 0);
            foreach (var (a, b) in from a in corners from b in corners select (a, b))
            {
                ((b.U - a.U) * (b.At.X - a.At.X) * (isBehind ? -1 : 1)).ShouldBeGreaterThanOrEqualTo(-1e-7f);
                ((b.V - a.V) * (b.At.Y - a.At.Y)).ShouldBeLessThanOrEqualTo(1e-7f);
            }
        }
    }, iter: 300);

    [Fact]
    public void Of_RoundProduct_RunsItsWrapFromOneBelowToZeroAboveWithoutGaps() => Products.Where(product => product.Shape.IsRound()).Sample(product =>
    {
        var wrap = Model(product).Where(part => part.Ink is Ink.Wrap).Select(part => part.Solid).OrderBy(solid => solid.CentreY).ToList();

        wrap[0].V0.ShouldBe(1, 1e-5f);
        wrap[^1].V1.ShouldBe(0, 1e-5f);
        foreach (var (below, above) in wrap.Zip(wrap.Skip(1)))
        {
            above.V0.ShouldBe(below.V1, 1e-5f);
            (above.CentreY - above.HalfY).ShouldBe(below.CentreY + below.HalfY, 1e-5f);
        }
    }, iter: 300);

    [Fact]
    public void Of_VesselOfGlass_HoldsItsContentsInsideTheGlass() =>
        Gen.Select(Gen.OneOf(Gen.Const(ProductShape.Bottle), Gen.Const(ProductShape.Jar)), Sizes, Gen.OneOf(Gen.Const(Finish.Tinted), Gen.Const(Finish.Clear))).Sample((shape, size, finish) =>
        {
            var model = ProductModel.Of(shape, size, 0, finish);
            var glass = model.Where(part => part.Ink is Ink.Glass).Select(part => part.Solid).ToList();
            var contents = model.Where(part => part.Ink is Ink.Contents).SelectMany(part => part.Points()).ToList();

            contents.ShouldNotBeEmpty();
            foreach (var point in contents)
            {
                var around = glass.First(solid => point.Y <= solid.CentreY + solid.HalfY + 1e-6f);
                var share = (point.Y - around.CentreY + around.HalfY) / (2 * around.HalfY);
                var wall = around.HalfX + (share * (around.HalfZ - around.HalfX)) - new Vector2(point.X, point.Z).Length();
                wall.ShouldBeGreaterThanOrEqualTo(1.5f * Millimetre);
            }
        }, iter: 200);

    [Fact]
    public void Of_GableTop_SlopesAsCartonsDo() => Sizes.Where(size => size.Y > size.Z).Sample(size =>
    {
        var slopes = ProductModel.Of(ProductShape.GableTop, size, 0, Finish.Opaque).Where(part => part.Ink is Ink.Top).ToList();

        slopes.Count.ShouldBe(4);
        foreach (var slope in slopes)
        {
            (MathF.Acos(slope.Solid.Winding().Y) * 180 / MathF.PI).ShouldBeInRange(35, 60);
        }
    }, iter: 200);

    [Fact]
    public void Of_GableTopWithARoofShare_HasFacesOfTheRest() => Gen.Select(Sizes, Gen.Float[0.05f, 0.5f]).Sample((size, share) =>
    {
        var body = ProductModel.Of(ProductShape.GableTopCap, size, share, Finish.Opaque).Single(part => part.Ink is Ink.Faces).Solid;

        (2 * body.HalfY).ShouldBe(size.Y * (1 - share), 1e-4f);
        (body.CentreY - body.HalfY).ShouldBe(-size.Y / 2, 1e-4f);
    }, iter: 100);

    [Theory]
    [InlineData(ProductShape.Box, 1)]
    [InlineData(ProductShape.Cylinder, 1)]
    [InlineData(ProductShape.BrickCarton, 4)]
    [InlineData(ProductShape.GableTop, 12)]
    [InlineData(ProductShape.GableTopCap, 12)]
    [InlineData(ProductShape.CartonBottle, 12)]
    [InlineData(ProductShape.Bottle, 14)]
    [InlineData(ProductShape.Jar, 14)]
    [InlineData(ProductShape.Can, 14)]
    [InlineData(ProductShape.Tub, 14)]
    [InlineData(ProductShape.PillowBag, 110)]
    [InlineData(ProductShape.Pouch, 110)]
    public void Of_Shape_TakesFewPrimitives(ProductShape shape, int most) => Gen.Select(Sizes, Gen.Enum<Finish>()).Sample(
        (size, finish) => ProductModel.Of(shape, size, 0, finish).Count.ShouldBeInRange(1, most), iter: 20);

    [Fact]
    public void Of_AfterMoreSizesThanAreKept_GivesTheSameParts()
    {
        var (size, shapes) = (new Vector3(0.08f, 0.2f, 0.07f), Enum.GetValues<ProductShape>());
        var before = shapes.Select(shape => ProductModel.Of(shape, size, 0, Finish.Clear)).ToList();

        for (var i = 0; i < 1100; i++)
        {
            ProductModel.Of(ProductShape.Box, new Vector3(0.1f + (i * 0.0001f)), 0, Finish.Opaque);
        }

        foreach (var (shape, parts) in shapes.Zip(before))
        {
            var again = ProductModel.Of(shape, size, 0, Finish.Clear);
            again.ShouldNotBeSameAs(parts);
            again.SequenceEqual(parts).ShouldBeTrue();
        }
    }

    private static IReadOnlyList<ModelPart> Model((ProductShape Shape, Vector3 Size, float RoofShare, Finish Finish) product) =>
        ProductModel.Of(product.Shape, product.Size, product.RoofShare, product.Finish);
}
