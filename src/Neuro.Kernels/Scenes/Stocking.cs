using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes.Models;

namespace Neuro.Kernels.Scenes;

/// <summary>Puts articles into a scene: their models, printed, coloured, shining and worn as each copy is; numbers those that carry a label.</summary>
internal sealed class Stocking(Recipe recipe, Catalogue catalogue, SceneDraft draft)
{
    private const int WearLooks = 12;
    private const int UnknownSize = 128;
    private const int UnknownLooks = 192;
    private const int LookalikeLooks = 4;
    private const float PaperGloss = 0.07f;
    private const float FilmGloss = 0.12f;

    private static readonly ConditionalWeakTable<Texture, ConcurrentDictionary<int, Texture>> Lookalikes = [];
    private static readonly ConcurrentDictionary<int, Texture> Unknowns = [];
    private static readonly ConcurrentDictionary<int, Texture> Wears = [];

    /// <param name="labelled">Whether a wanted article gets its label; what is only background does not.</param>
    public void Put(Article article, Placing placing, ShelfPlace? place, bool labelled, ref CounterRandom random)
    {
        var size = new Vector3((float)article.Width, (float)article.Height, (float)article.Depth);
        var product = Of(article);
        var coat = Coat(article, size, draft.PixelsPerMetre(placing.Origin), ref random);
        var roof = article.Product >= 0 && article.Shape is ProductShape.GableTop or ProductShape.GableTopCap ? catalogue.RoofShare(article.Product) : 0;
        var parts = ProductModel.Of(article.Shape, size, roof, product?.Finish ?? Finish.Opaque);
        var solids = new Primitive[parts.Count];
        for (var i = 0; i < solids.Length; i++)
        {
            solids[i] = Covered(Solids.Moved(parts[i].Solid, placing), parts[i].Ink, in coat);
        }

        draft.Add(solids, article.IsWanted && labelled ? id => new SceneInstance(id, article.Product, product!.Sku, placing, size, place) : null);
    }

    /// <summary>Everything about one copy's surface.</summary>
    private Coating Coat(Article article, Vector3 size, double pixelsPerMetre, ref CounterRandom random)
    {
        var print = PrintColour.Draw(recipe.Colour, ref random);
        var gloss = (PaperGloss * (float)recipe.Surface.Gloss.Sample(ref random)) + (random.NextUnit() < recipe.Surface.Film.Sample(ref random) ? FilmGloss : 0);
        var wear = (float)Math.Max(recipe.Surface.Wear.Sample(ref random), recipe.Surface.Dents.Sample(ref random));
        var wornAs = random.NextIndex(WearLooks);
        // More rays a pixel can show finer print.
        var pixels = pixelsPerMetre * (recipe.Samples > 1 ? 1.2 : 1);
        return new Coating(article, size, pixels, print, gloss, wear, wear > 0.02f ? draft.Textures.Add(Worn(wornAs), 2, 2) : default, (uint)random.NextBits(), (float)recipe.Surface.Texture.Sample(ref random));
    }

    private Primitive Covered(Primitive solid, Ink ink, in Coating coat)
    {
        coat.Colour.Apply(ref solid);
        solid.Gloss = coat.Gloss;
        return ink switch
        {
            Ink.Faces => Boxed(solid, in coat),
            Ink.Wrap => Printed(solid, Face.Wrap, coat.Size.X * MathF.PI, coat.Size.Y, in coat),
            Ink.Front or Ink.Back => Printed(solid, ink == Ink.Front ? Face.Front : Face.Back, coat.Size.X, coat.Size.Y, in coat),
            Ink.Left or Ink.Right => Printed(solid, ink == Ink.Left ? Face.Left : Face.Right, coat.Size.Z, coat.Size.Y, in coat),
            Ink.Top or Ink.BackOfTop when TopColour(coat.Article, ink) is { } top => SceneDraft.Coloured(solid, Linear(top), coat.Gloss),
            Ink.Top or Ink.BackOfTop or Ink.Bottom => Printed(solid, ink == Ink.Bottom ? Face.Bottom : Face.Top, coat.Size.X, coat.Size.Z, in coat),
            Ink.Cap => SceneDraft.Coloured(solid, Cap(in coat), 0.05f),
            Ink.Lid => SceneDraft.Coloured(solid, Plastic(coat.Dice >> 8), 0.05f),
            Ink.Metal => SceneDraft.Coloured(solid, new Vector3(0.5f, 0.5f, 0.52f), 0.25f),
            Ink.Glass => SceneDraft.Coloured(solid, Tint(coat.Article), 0.05f) with { Glass = 1 },
            Ink.Contents => SceneDraft.Coloured(solid, Inside(in coat), 0),
            _ => SceneDraft.Coloured(solid, Edge(in coat), coat.Gloss),
        };
    }

    /// <summary>A box: pictures on the up to three faces that the camera can see, all fitted to the front's size.</summary>
    private Primitive Boxed(Primitive solid, in Coating coat)
    {
        solid = Printed(solid, Face.Front, coat.Size.X, coat.Size.Y, in coat);
        var (across, down) = Halvings(Picture(coat.Article, Face.Front), coat.Size.X, coat.Size.Y, in coat);
        var eye = draft.Camera.Origin - new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ);
        var x = Dot(eye, solid.AxisXX, solid.AxisXY, solid.AxisXZ);
        var y = Dot(eye, solid.AxisYX, solid.AxisYY, solid.AxisYZ);
        var z = Dot(eye, solid.AxisZX, solid.AxisZY, solid.AxisZZ);
        // The lens is some millimetres wide.
        const float Lens = 0.02f;
        solid.Front = z > -Lens ? Add(Face.Front, across, down, in coat) : -1;
        solid.Back = z < Lens ? Add(Face.Back, across, down, in coat) : -1;
        solid.Left = x < Lens ? Add(Face.Left, across, down, in coat) : -1;
        solid.Right = x > -Lens ? Add(Face.Right, across, down, in coat) : -1;
        solid.Top = y > -Lens ? Add(Face.Top, across, down, in coat) : -1;
        solid.Bottom = y < Lens ? Add(Face.Bottom, across, down, in coat) : -1;
        return solid;
    }

    private static float Dot(Vector3 a, float x, float y, float z) => (a.X * x) + (a.Y * y) + (a.Z * z);

    private Primitive Printed(Primitive solid, Face face, float width, float height, in Coating coat)
    {
        var texture = Picture(coat.Article, face);
        var (across, down) = Halvings(texture, width, height, in coat);
        var print = draft.Textures.Add(texture, across, down);
        solid.Front = print.Begin;
        (solid.TextureWidth, solid.TextureHeight, solid.TextureLevels) = (print.Width, print.Height, print.Levels);
        solid.TextureDensity = MathF.Sqrt(print.Width / width * (print.Height / height));
        solid.Grain = coat.Grain;
        (solid.Overlay, solid.OverlaySize, solid.OverlayStrength) = (coat.Worn.Begin, coat.Worn.Width, coat.Wear);
        // The ends of a wrap, and a box seen where it has no picture.
        var edge = Edge(in coat);
        (solid.TopRed, solid.TopGreen, solid.TopBlue) = (edge.X, edge.Y, edge.Z);
        return solid;
    }

    private int Add(Face face, int across, int down, in Coating coat) => draft.Textures.Add(Picture(coat.Article, face), across, down).Begin;

    private static (int Across, int Down) Halvings(Texture texture, float width, float height, in Coating coat) =>
        (SceneTextures.Halvings(texture.Size, width * coat.PixelsPerMetre), SceneTextures.Halvings(texture.Size, height * coat.PixelsPerMetre));

    private Texture Picture(Article article, Face face)
    {
        if (article.Product < 0)
        {
            return Unknowns.GetOrAdd((int)((article.Look + (face is Face.Front or Face.Wrap ? 0UL : 1)) % UnknownLooks), static look => Texture.FromTexels(UnknownSize, UnknownLabel.Draw((ulong)look, UnknownSize)));
        }

        var own = catalogue.Artwork(article.Product, face);
        return article.IsWanted || face is not (Face.Front or Face.Wrap)
            ? own
            : Lookalikes.GetOrCreateValue(own).GetOrAdd((int)(article.Look % LookalikeLooks), look => Lookalike.Of(own, (ulong)look, (float)(article.Width / article.Height)));
    }

    private static Texture Worn(int look) => Wears.GetOrAdd(look, static look => Texture.FromTexels(256, Artwork.Wear.Overlay(256, (ulong)look)));

    /// <summary>The colour of a package's upper edge, which runs on over what is not printed: the mean of the first row of a level four texels square.</summary>
    private Vector3 Edge(in Coating coat)
    {
        var mips = Picture(coat.Article, coat.Article.Shape.IsRound() ? Face.Wrap : Face.Front).Mips;
        var (red, green, blue) = coat.Colour.Linear(mips[Math.Max(0, mips.Length - 3)][1]);
        return new Vector3(red, green, blue);
    }

    private Vector3 Tint(Article article)
    {
        if (article.Product >= 0 && catalogue.Products[article.Product] is var product && product.Tint is { } tint)
        {
            return Linear(tint);
        }

        return article.Product >= 0 && catalogue.Products[article.Product].Finish == Finish.Tinted ? new Vector3(0.30f, 0.14f, 0.04f) : new Vector3(0.90f, 0.93f, 0.92f);
    }

    /// <summary>As the catalogue says, else in the colour of the middle of the print.</summary>
    private Vector3 Inside(in Coating coat)
    {
        if (Of(coat.Article)?.Contents is { } contents)
        {
            return Linear(contents);
        }

        var mips = Picture(coat.Article, Face.Wrap).Mips;
        var (red, green, blue) = coat.Colour.Linear(mips[^2][1]);
        return new Vector3(red, green, blue) * 0.7f;
    }

    private Product? Of(Article article) => article.Product >= 0 ? catalogue.Products[article.Product] : null;

    /// <summary>The front goes on to the cap of a slanted top; a colour of it is that behind the cap.</summary>
    private string? TopColour(Article article, Ink ink) => ink == Ink.Top && article.Shape is ProductShape.SlantTopCap ? null : Of(article)?.TopColour;

    private Vector3 Cap(in Coating coat) => Of(coat.Article)?.Cap is { } cap ? Linear(cap) : Plastic(coat.Dice);

    /// <summary>Caps are mostly white, else in a plain colour.</summary>
    private static Vector3 Plastic(uint dice) => (dice & 7) switch
    {
        0 => new Vector3(0.55f, 0.04f, 0.03f),
        1 => new Vector3(0.03f, 0.12f, 0.45f),
        2 => new Vector3(0.04f, 0.3f, 0.08f),
        3 => new Vector3(0.75f, 0.5f, 0.05f),
        _ => new Vector3(0.75f, 0.75f, 0.73f),
    };

    private static Vector3 Linear(string hex)
    {
        var rgb = int.Parse(hex.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Vector3(Channel(rgb >> 16), Channel(rgb >> 8), Channel(rgb));

        static float Channel(int value) => (float)PortableMath.Power((value & 255) / 255.0, Shading.Decoding);
    }

    /// <summary>How one copy of an article looks.</summary>
    /// <param name="Size">Metres.</param>
    /// <param name="Colour">Of its print.</param>
    /// <param name="Gloss">Share of light that it mirrors.</param>
    /// <param name="Wear">Strength of the worn places, 0 to 1.</param>
    /// <param name="Worn">Where they are.</param>
    /// <param name="Dice">Chooses colours of what is not printed.</param>
    /// <param name="Grain">Of paper and print, 0 to 1.</param>
    private readonly record struct Coating(Article Article, Vector3 Size, double PixelsPerMetre, PrintColour Colour, float Gloss, float Wear, Print Worn, uint Dice, float Grain);
}
