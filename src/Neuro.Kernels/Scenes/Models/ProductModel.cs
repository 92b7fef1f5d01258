using System.Numerics;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>The parts of a product in its own axes: x right, y up, z out of its front, origin in the middle of its width × height × depth box, metres.</summary>
internal static class ProductModel
{
    private const int MaxKept = 1024;

    private static readonly Dictionary<(ProductShape, Vector3, float, Finish), IReadOnlyList<ModelPart>> Kept = [];

    /// <summary>The same arguments give the same parts; all lie inside the box.</summary>
    /// <param name="size">Width, height, depth; a round product is as thick as the smaller of width and depth.</param>
    /// <param name="roofShare">Height of what is above the upright faces of a gable-top carton or carton bottle, in heights; 0 is usual for the shape. Others have no roof.</param>
    /// <param name="finish">What a bottle or jar is made of.</param>
    public static IReadOnlyList<ModelPart> Of(ProductShape shape, Vector3 size, float roofShare, Finish finish)
    {
        var key = (shape, size, roofShare, finish);
        lock (Kept)
        {
            if (Kept.TryGetValue(key, out var kept))
            {
                return kept;
            }
        }

        var parts = Make(shape, size, roofShare, finish);
        lock (Kept)
        {
            // Catalogues of more sizes than this meet each size rarely; making it anew is cheap.
            if (Kept.Count >= MaxKept)
            {
                Kept.Clear();
            }

            Kept[key] = parts;
        }

        return parts;
    }

    private static IReadOnlyList<ModelPart> Make(ProductShape shape, Vector3 size, float roofShare, Finish finish)
    {
        var parts = new ModelParts();
        switch (shape)
        {
            case ProductShape.Box:
                parts.AddApart(Solids.Box(Placing.None, size.X, size.Y, size.Z), Ink.Faces);
                break;
            case ProductShape.Cylinder:
                parts.AddApart(Solids.Cylinder(Placing.None, MathF.Min(size.X, size.Z) / 2, size.Y), Ink.Wrap);
                break;
            case ProductShape.BrickCarton:
                Cartons.Brick(parts, size);
                break;
            case ProductShape.GableTop or ProductShape.GableTopCap:
                Cartons.GableTop(parts, size, roofShare, withCap: shape is ProductShape.GableTopCap);
                break;
            case ProductShape.SlantTopCap:
                Cartons.SlantTop(parts, size);
                break;
            case ProductShape.CartonBottle:
                Cartons.Bottle(parts, size, roofShare);
                break;
            case ProductShape.Bottle:
                Vessels.Bottle(parts, size, finish);
                break;
            case ProductShape.Jar:
                Vessels.Jar(parts, size, finish);
                break;
            case ProductShape.Can:
                Vessels.Can(parts, size);
                break;
            case ProductShape.Tub:
                Vessels.Tub(parts, size);
                break;
            case ProductShape.PillowBag:
                Bags.Pillow(parts, size);
                break;
            case ProductShape.Pouch:
                Bags.Pouch(parts, size);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "A model is wanted of a shape that has none.");
        }

        return parts.ToArray();
    }
}
