using System.Numerics;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>Turns placements into primitives with their print, and numbers those that carry a label.</summary>
internal sealed class Stocking(ShelfRecipe recipe, Catalogue catalogue, Camera camera, SceneTextures textures, List<Primitive> primitives)
{
    private readonly List<SceneInstance> instances = [];

    public IReadOnlyList<SceneInstance> Instances => instances;

    public void Put(Placement placement, ref CounterRandom random)
    {
        var article = placement.Article;
        var solid = Solid(placement);
        var print = PrintColour.Draw(recipe.Colour, ref random);
        print.Apply(ref solid);
        if (article.IsUnknown)
        {
            solid.Texture = solid.SideTexture = textures.Add(UnknownPrint.Carton(article.Look));
            solid.TextureWidth = solid.TextureHeight = UnknownPrint.Size;
            (solid.TopRed, solid.TopGreen, solid.TopBlue) = print.Linear((uint)article.Look | 0x404040);
        }
        else
        {
            Dress(ref solid, placement, print);
            solid.Id = instances.Count + 1;
            instances.Add(new SceneInstance(
                solid.Id,
                article.Product,
                catalogue.Products[article.Product].Sku,
                new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ),
                new Vector3((float)article.Width, (float)article.Height, (float)article.Depth),
                (float)placement.Yaw,
                placement.Row,
                placement.Facing));
        }

        primitives.Add(solid);
    }

    private static Primitive Solid(Placement placement) => new()
    {
        Shape = placement.Article.Shape == ProductShape.Box ? Primitive.Box : Primitive.Cylinder,
        CentreX = (float)placement.X,
        CentreY = (float)placement.Y,
        CentreZ = (float)placement.Z,
        HalfX = (float)(placement.Article.Width / 2),
        HalfY = (float)(placement.Article.Height / 2),
        HalfZ = (float)(placement.Article.Depth / 2),
        Cos = (float)placement.Cos,
        Sin = (float)placement.Sin,
    };

    private void Dress(ref Primitive solid, Placement placement, PrintColour print)
    {
        var article = placement.Article;
        var front = catalogue.Artwork(article.Product);
        // More rays a pixel can show finer print.
        var pixels = PixelsPerMetre(placement) * (recipe.Samples > 1 ? 1.5 : 1);
        var around = article.Shape == ProductShape.Cylinder ? article.Width * Math.PI : article.Width;
        var across = SceneTextures.Halvings(front.Size, around * pixels);
        var down = SceneTextures.Halvings(front.Size, article.Height * pixels);
        (solid.TextureWidth, solid.TextureHeight) = (front.Size >> across, front.Size >> down);
        solid.Texture = textures.Add(front, across, down);
        solid.SideTexture = -1;
        if (article.Shape == ProductShape.Box)
        {
            var side = catalogue.Side(article.Product);
            solid.SideTexture = textures.Add(side, across, down);
            (solid.TopRed, solid.TopGreen, solid.TopBlue) = print.Linear(UpperEdge(side));
        }
        else
        {
            (solid.TopRed, solid.TopGreen, solid.TopBlue) = print.Linear(0xFFC8C8C8);
        }
    }

    /// <summary>The colour of a carton's upper end, which runs on over its top: the first texel of a level four texels square.</summary>
    private static uint UpperEdge(Texture side) => side.Mips[Math.Max(0, side.Mips.Length - 3)][0];

    private double PixelsPerMetre(Placement placement)
    {
        var (x, y, z) = (placement.X - camera.Origin.X, placement.Y - camera.Origin.Y, placement.Z - camera.Origin.Z);
        var depth = (x * camera.Forward.X) + (y * camera.Forward.Y) + (z * camera.Forward.Z);
        return recipe.Height / (2.0 * camera.TanHalfFov) / Math.Max(depth, 0.05);
    }
}
