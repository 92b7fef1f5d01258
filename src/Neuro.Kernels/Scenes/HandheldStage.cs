using System.Numerics;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes.Models;

namespace Neuro.Kernels.Scenes;

/// <summary>Scenes of the generator <c>handheld</c>: a product near the camera, mostly in a hand, before a shelf, a fridge, a wall or a picture.</summary>
internal static class HandheldStage
{
    private const double Degree = Math.PI / 180;

    // The most that a lens brings into the picture from beyond its edge, of the distortion that cameras are drawn with.
    private const double MostBent = 1.3;
    private const double LargestCut = 1.6;
    private const float BoardThickness = 0.01f;

    // What stands in the background is what stands on a shelf by default, a little less deep.
    private static readonly RowKnobs BackgroundRow = new() { Depth = 1, Facings = Distribution.Uniform(12, 18) };

    public static (SceneDraft Draft, Vector3 Centre) Build(HandheldRecipe recipe, Catalogue catalogue, ulong seed, ulong image)
    {
        var random = new CounterRandom(seed, image, 2);
        var assortment = new CounterRandom(seed, image, 1);
        // In the hand is a wanted product or a lookalike, never an unknown one.
        var article = new Assortment(recipe.Distractors with { Unknown = 0 }, recipe.Product, catalogue, ref assortment).Draw(1, ref assortment);
        var hold = recipe.Hold;
        var tan = (float)PortableMath.Tan(recipe.Camera.FieldOfView.Sample(ref random) * Degree / 2);
        var pitch = hold.Pitch.Sample(ref random) * Degree;
        // Its front as high as asked for, and at least a hand's breadth away: a low product may come out smaller.
        var depth = Math.Max(article.Height / (2 * tan * hold.Size.Sample(ref random)), 0.16) + (article.Depth / 2);
        var behind = depth + (article.Depth / 2) + recipe.Scenery.Distance.Sample(ref random);
        var turned = random.NextUniform(-12, 12) * Degree;
        var scenery = Scenery(recipe.Scenery, catalogue, ref random);
        var layout = scenery is Backdrop.Shelf or Backdrop.Fridge
            ? ShelfLayout.Draw(Distribution.Choice(3, 4), BackgroundRow, recipe.Distractors with { Empty = 0, Lookalikes = 0 }, null, catalogue, int.MaxValue, seed, image)
            : null;
        // The camera looks at the shelf's front from above by half the pitch of the hold: a customer's head is higher than the hands.
        var (aimX, aimY) = (random.NextUniform(-0.25, 0.25), layout is null ? random.NextUniform(0.6, 1.4) : random.NextUniform(0.25, 0.75) * layout.Top);
        // Light fades behind a shelf's front edge; no corner of a picture may lie there.
        var aim = (aimX, aimY, scenery == Backdrop.Picture ? 2 * behind : 0);
        var camera = Cameras.Looking(From(aim, behind, turned, pitch / 2), aim, random.NextNormal() * 4 * Degree, tan);
        camera = camera with { Lens = Focused(recipe, article, tan, depth, ref random) };
        var draft = new SceneDraft(camera, recipe.Height);
        var stocking = new Stocking(recipe, catalogue, draft);
        var background = new CounterRandom(seed, image, 5);
        var eye = new Placing(camera.Origin, camera.Right, camera.Up, new Vector3(-camera.Forward.X, -camera.Forward.Y, -camera.Forward.Z));
        if (scenery == Backdrop.Picture)
        {
            Picture(draft, eye, recipe, catalogue.Background(background.NextIndex(catalogue.BackgroundCount)), behind, ref background);
        }
        else if (layout is null)
        {
            Wall(draft, ref background);
        }
        else
        {
            var fixture = Fixture.Draw(new FixtureKnobs { Fridge = scenery == Backdrop.Fridge ? 1 : 0, EndCap = 0 }, ref background);
            var tags = Shelves.Furnish(draft, layout, fixture, new FixtureKnobs(), named: false, ref background);
            Shelves.Stock(draft, stocking, layout, tags, labelled: false, ref background);
        }

        // The product stands before the camera in the camera's own axes.
        var (side, height) = (hold.Side.Sample(ref random) * 2 * tan * depth * recipe.Width / recipe.Height, hold.Height.Sample(ref random) * 2 * tan * depth);
        var placing = eye.After(Placing.Turned(
            new Vector3((float)side, (float)height, (float)-depth), hold.Yaw.Sample(ref random) * Degree, pitch, -hold.Roll.Sample(ref random) * Degree));
        random = new CounterRandom(seed, image, 6);
        stocking.Put(article, placing, null, labelled: true, ref random);
        random = new CounterRandom(seed, image, 7);
        if (random.NextUnit() < hold.Hand.Sample(ref random))
        {
            Hand(draft, article, placing, hold.Skin.Sample(ref random), ref random);
        }

        return (draft, placing.Origin);
    }

    private static (double X, double Y, double Z) From((double X, double Y, double Z) aim, double distance, double turned, double look) => (
        aim.X + (distance * PortableMath.Sin(turned) * PortableMath.Cos(look)),
        Math.Max(aim.Y + (distance * PortableMath.Sin(look)), 0),
        aim.Z + (distance * PortableMath.Cos(turned) * PortableMath.Cos(look)));

    /// <summary>The recipe's lens, or a wider one that keeps the product sharp and blurs what is behind it.</summary>
    private static Lens Focused(HandheldRecipe recipe, Article article, float tan, double depth, ref CounterRandom random)
    {
        const double Air = 0.03;
        var lens = Cameras.Draw(recipe.Lens, tan, recipe.Width, recipe.Height, depth, ref random);
        var blur = (float)recipe.Scenery.Blur.Sample(ref random) / 2000;
        return blur > lens.Radius
            ? lens with { Radius = blur, SharpReach = (float)((Math.Max(article.Width, Math.Max(article.Height, article.Depth)) / 2) + Air) }
            : lens;
    }

    private enum Backdrop
    {
        Shelf,
        Fridge,
        Wall,
        Picture,
    }

    private static Backdrop Scenery(SceneryKnobs knobs, Catalogue catalogue, ref CounterRandom random)
    {
        var (shelf, fridge, plain) = (knobs.Shelf.Sample(ref random), knobs.Fridge.Sample(ref random), knobs.Plain.Sample(ref random));
        // Without pictures nothing is drawn for them: all scenes stay what they were.
        var picture = catalogue.BackgroundCount > 0 ? knobs.Picture.Sample(ref random) : 0;
        var dice = random.NextUnit() * (shelf + fridge + plain + picture);
        return dice < shelf ? Backdrop.Shelf
            : dice < shelf + fridge ? Backdrop.Fridge
            : dice < shelf + fridge + plain || picture == 0 ? Backdrop.Wall
            : Backdrop.Picture;
    }

    /// <summary>A picture on a matt white board that faces the camera and covers all it sees: some of it is cut off, and half of the time it is mirrored.</summary>
    /// <param name="eye">The camera's axes.</param>
    /// <param name="distance">From the camera along its axis, metres.</param>
    private static void Picture(SceneDraft draft, Placing eye, Recipe recipe, BackgroundPicture picture, double distance, ref CounterRandom random)
    {
        var lens = draft.Camera.Lens;
        var pixel = MostBent * 2 * draft.Camera.TanHalfFov * distance / recipe.Height;
        var blur = 2 * lens.Radius * Math.Abs(1 - (distance / lens.Focus));
        var (seenX, seenY) = ((pixel * (recipe.Width + Math.Abs(lens.Shear) + Math.Abs(lens.BlurX))) + blur, (pixel * (recipe.Height + Math.Abs(lens.BlurY))) + blur);
        var height = Math.Max(seenY, seenX / picture.Aspect) * random.NextUniform(1, LargestCut);
        var width = height * picture.Aspect;
        var (x, y) = (random.NextUniform(-0.5, 0.5) * (width - seenX), random.NextUniform(-0.5, 0.5) * (height - seenY));
        var placing = eye.After(Placing.None with { Origin = new Vector3((float)x, (float)y, (float)-distance - (BoardThickness / 2)), XAxis = random.NextUnit() < 0.5 ? -Vector3.UnitX : Vector3.UnitX });
        var print = draft.Textures.Add(picture.Texture, Halvings(width), Halvings(height));
        draft.Add(SceneDraft.Coloured(Solids.Box(placing, (float)width, (float)height, BoardThickness), Vector3.One) with
        {
            // A mirrored board has no yaw, even where it is upright.
            Turned = 1,
            Front = print.Begin,
            TextureWidth = print.Width,
            TextureHeight = print.Height,
            TextureLevels = print.Levels,
            TextureDensity = (float)Math.Sqrt(print.Width / width * (print.Height / height)),
        });

        // More rays a pixel can show finer print.
        int Halvings(double metres) => SceneTextures.Halvings(picture.Texture.Size, metres * draft.PixelsPerMetre(placing.Origin) * (recipe.Samples > 1 ? 1.2 : 1));
    }

    private static void Wall(SceneDraft draft, ref CounterRandom random)
    {
        var grey = (float)random.NextUniform(0.05, 0.8);
        var colour = new Vector3(grey * (float)random.NextUniform(0.8, 1.1), grey, grey * (float)random.NextUniform(0.7, 1.1));
        draft.AddBlock(-15, 15, -6, 12, -0.1, 0, colour, (float)random.NextUniform(0, 0.03));
        // Skirting, a seam, a shelf's edge: a wall is rarely without anything.
        for (var i = random.NextIndex(4); i > 0; i--)
        {
            var (x, y) = (random.NextUniform(-1, 1), random.NextUniform(0.2, 1.8));
            var (w, h) = random.NextUnit() < 0.5 ? (4.0, random.NextUniform(0.01, 0.15)) : (random.NextUniform(0.05, 0.6), random.NextUniform(0.05, 0.6));
            var tone = (float)random.NextUniform(0.03, 0.8);
            draft.AddBlock(x - (w / 2), x + (w / 2), y, y + h, 0, random.NextUniform(0.005, 0.06), new Vector3(tone, tone * (float)random.NextUniform(0.7, 1.1), tone * (float)random.NextUniform(0.5, 1.1)), 0.02f);
        }
    }

    private static void Hand(SceneDraft draft, Article article, Placing placing, double dark, ref CounterRandom random)
    {
        var share = (float)dark;
        var skin = new Vector3(0.72f, 0.42f, 0.30f) * (1 - share) + new Vector3(0.06f, 0.028f, 0.016f) * share;
        var sleeve = new Vector3((float)random.NextUniform(0.01, 0.5), (float)random.NextUniform(0.01, 0.5), (float)random.NextUniform(0.01, 0.5));
        var nail = skin * 1.15f + new Vector3(0.05f, 0.02f, 0.02f);
        var parts = HandModel.Holding(new Vector3((float)article.Width, (float)article.Height, (float)article.Depth), ref random);
        draft.Add(
            [.. parts.Select(part => SceneDraft.Coloured(Solids.Moved(part.Solid, placing), part.Ink switch
            {
                Ink.Sleeve => sleeve,
                Ink.Nail => nail,
                _ => skin,
            }, 0.02f))],
            label: null);
    }
}
