using System.Numerics;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>What kind of shelf it is, drawn once a scene.</summary>
/// <param name="Rails">Whether the boards carry price rails.</param>
/// <param name="Fridge">Whether it has glass doors.</param>
/// <param name="EndCap">Whether it is a narrow display with a sign.</param>
/// <param name="Colour">Of the furniture, linear.</param>
internal sealed record Fixture(bool Rails, bool Fridge, bool EndCap, Vector3 Colour)
{
    public static Fixture Draw(FixtureKnobs knobs, ref CounterRandom random)
    {
        var rails = random.NextUnit() < knobs.PriceRails.Sample(ref random);
        var fridge = random.NextUnit() < knobs.Fridge.Sample(ref random);
        var endCap = !fridge & random.NextUnit() < knobs.EndCap.Sample(ref random);
        var grey = PortableMath.Power(knobs.Shelf.Sample(ref random), Shading.Decoding);
        var (saturation, hue) = (knobs.Colour.Sample(ref random), random.NextUnit() * 2 * Math.PI);
        return new Fixture(rails, fridge, endCap, new Vector3(Channel(0), Channel(2.0943951), Channel(4.1887902)));

        float Channel(double shift) => (float)(grey * (1 + (saturation * PortableMath.Cos(hue + shift))) / (1 + saturation));
    }
}

/// <summary>Builds a shelf and what stands on it.</summary>
internal static class Shelves
{
    private const double RailHeight = 0.034;
    private const double RailThickness = 0.006;
    private const double Foot = 0.12;

    /// <summary>Everything that is not a product: boards, back, uprights, rails with their tags, crates, doors, sign, floor.</summary>
    /// <param name="named">Whether gaps and tags get their labels; a shelf in the background does not.</param>
    /// <returns>The id of each slot's tag, by the slot's number; −1 for none.</returns>
    public static int[] Furnish(SceneDraft draft, ShelfLayout layout, Fixture fixture, FixtureKnobs knobs, bool named, ref CounterRandom random)
    {
        var half = (layout.Length / 2) + 0.01;
        var (low, high, back, colour) = (-Foot, layout.Top + 0.05, -layout.Depth, fixture.Colour);
        foreach (var board in layout.Boards)
        {
            draft.AddBlock(-half, half, board - ShelfLayout.Thickness, board, back, 0, colour, 0.01f);
        }

        draft.AddBlock(-half, half, low, high, back - 0.02, back, colour * 0.9f);
        draft.AddBlock(-half - 0.03, -half, low, high, back - 0.02, -0.005, colour * 0.8f);
        draft.AddBlock(half, half + 0.03, low, high, back - 0.02, -0.005, colour * 0.8f);
        var tile = (float)random.NextUniform(0.05, 0.5);
        draft.AddBlock(-25, 25, low - 0.1, low, -4, 25, new Vector3(tile, tile * 0.97f, tile * 0.92f), 0.03f);
        draft.AddBlock(-25, 25, low, high + 6, back - 0.3, back - 0.25, new Vector3(0.25f, 0.25f, 0.24f) * (0.5f + tile));
        var tags = Enumerable.Repeat(-1, layout.Slots.Count).ToArray();
        if (fixture.Rails)
        {
            Rails(draft, layout, half, colour, named, tags, ref random);
        }

        for (var row = 0; row + 1 < layout.Boards.Count; row++)
        {
            if (random.NextUnit() < knobs.Crates.Sample(ref random))
            {
                Crate(draft, layout, row, ref random);
            }
        }

        if (fixture.Fridge)
        {
            Doors(draft, layout, half, ref random);
        }

        if (fixture.EndCap)
        {
            Sign(draft, half, high, ref random);
        }

        return tags;
    }

    /// <summary>The products on it.</summary>
    public static void Stock(SceneDraft draft, Stocking stocking, ShelfLayout layout, int[] tags, bool labelled, ref CounterRandom random)
    {
        foreach (var one in layout.Placements)
        {
            stocking.Put(one.Article, one.Placing, new ShelfPlace(one.Row, one.Facing, one.Layer, one.Slot, tags[one.Slot]), labelled, ref random);
        }

        foreach (var gap in layout.Gaps.Where(_ => labelled))
        {
            draft.Add(new SceneGap(
                gap.Row, gap.Facing, gap.Slot, gap.Article.IsWanted ? gap.Article.Product : -1,
                new Vector3((float)gap.X, (float)gap.Y, (float)gap.Z), new Vector3((float)(2 * gap.ExtentX), (float)(2 * gap.ExtentY), (float)(2 * gap.ExtentZ))));
        }
    }

    private static void Rails(SceneDraft draft, ShelfLayout layout, double half, Vector3 colour, bool named, int[] tags, ref CounterRandom random)
    {
        var rail = random.NextUnit() < 0.4 ? colour : new Vector3((float)random.NextUniform(0.02, 0.8), (float)random.NextUniform(0.02, 0.8), (float)random.NextUniform(0.02, 0.8));
        for (var row = 0; row + 1 < layout.Boards.Count; row++)
        {
            draft.AddBlock(-half, half, layout.Boards[row] - RailHeight, layout.Boards[row] + 0.002, 0, RailThickness, rail, 0.03f);
        }

        foreach (var slot in layout.Slots)
        {
            var (missing, width, look) = (random.NextUnit() < 0.08, random.NextUniform(0.038, 0.056), random.NextIndex(PriceTagPrint.Looks));
            var (middle, board) = ((slot.From + slot.To) / 2, layout.Boards[slot.Row]);
            width = Math.Min(width, slot.To - slot.From);
            if (missing || width < 0.015)
            {
                continue;
            }

            var (bottom, top) = (board - RailHeight + 0.002, board - 0.002);
            var place = SceneDraft.Middle(middle - (width / 2), middle + (width / 2), bottom, top, RailThickness, RailThickness + 0.001);
            draft.Add(Tag(draft, place, (float)width, (float)(top - bottom), look));
            if (named)
            {
                tags[slot.Number] = draft.PriceTags.Count;
                draft.Add(new ScenePriceTag(draft.PriceTags.Count, slot.Row, slot.Number, slot.Product, place, new Vector2((float)width, (float)(top - bottom))));
            }
        }
    }

    private static Primitive Tag(SceneDraft draft, Vector3 place, float width, float height, int look)
    {
        var texture = PriceTagPrint.Of(look);
        var pixels = draft.PixelsPerMetre(place);
        var print = draft.Textures.Add(texture, SceneTextures.Halvings(texture.Size, width * pixels), SceneTextures.Halvings(texture.Size, height * pixels));
        var tag = SceneDraft.Coloured(Solids.Box(Placing.Upright(place, 0), width, height, 0.001f), new Vector3(0.7f), 0.03f);
        tag.Front = print.Begin;
        (tag.TextureWidth, tag.TextureHeight, tag.TextureLevels) = (print.Width, print.Height, print.Levels);
        tag.TextureDensity = MathF.Sqrt(print.Width / width * (print.Height / height));
        return tag;
    }

    /// <summary>A tray of cardboard or plastic around a row's lower ends.</summary>
    private static void Crate(SceneDraft draft, ShelfLayout layout, int row, ref CounterRandom random)
    {
        var ones = layout.Placements.Where(one => one.Row == row && one.Layer == 0).ToList();
        if (ones.Count == 0)
        {
            return;
        }

        var colour = random.NextUnit() < 0.6
            ? new Vector3(0.38f, 0.24f, 0.12f)
            : new Vector3((float)random.NextUniform(0.02, 0.5), (float)random.NextUniform(0.02, 0.5), (float)random.NextUniform(0.02, 0.5));
        var (left, right, front) = (ones.Min(one => one.X - one.ExtentX) - 0.004, ones.Max(one => one.X + one.ExtentX) + 0.004, ones.Max(one => one.Z + one.ExtentZ) + 0.002);
        var (floor, lip) = (layout.Boards[row], random.NextUniform(0.015, 0.05));
        draft.AddBlock(left, right, floor, floor + lip, front, front + 0.003, colour);
        draft.AddBlock(left - 0.003, left, floor, floor + (1.4 * lip), -layout.Depth, front + 0.003, colour);
        draft.AddBlock(right, right + 0.003, floor, floor + (1.4 * lip), -layout.Depth, front + 0.003, colour);
    }

    /// <summary>Glass doors in metal frames, one of them sometimes open.</summary>
    private static void Doors(SceneDraft draft, ShelfLayout layout, double half, ref CounterRandom random)
    {
        var count = Math.Max(1, (int)Math.Round(2 * half / 0.65));
        var width = 2 * half / count;
        var open = random.NextUnit() < 0.35 ? random.NextIndex(count) : -1;
        var dark = random.NextUnit() < 0.5 ? 0.03f : 0.55f;
        var frame = new Vector3(dark, dark, dark * 1.03f);
        var (bottom, top, z) = (-0.08, layout.Top + 0.04, 0.055);
        for (var door = 0; door < count; door++)
        {
            var left = -half + (door * width);
            if (door == open)
            {
                continue;
            }

            draft.AddBlock(left, left + 0.028, bottom, top, z - 0.012, z + 0.012, frame, 0.08f);
            draft.AddBlock(left + width - 0.028, left + width, bottom, top, z - 0.012, z + 0.012, frame, 0.08f);
            draft.AddBlock(left + 0.028, left + width - 0.028, top - 0.04, top, z - 0.012, z + 0.012, frame, 0.08f);
            draft.AddBlock(left + 0.028, left + width - 0.028, bottom, bottom + 0.05, z - 0.012, z + 0.012, frame, 0.08f);
            var pane = Solids.Box(Placing.Upright(SceneDraft.Middle(left + 0.028, left + width - 0.028, bottom + 0.05, top - 0.04, z - 0.003, z + 0.003), 0), (float)(width - 0.056), (float)(top - bottom - 0.09), 0.006f);
            draft.Add(SceneDraft.Coloured(pane, new Vector3(0.88f, 0.93f, 0.91f), 0.05f) with { Glass = 1 });
            var grip = door % 2 == 0 ? left + width - 0.05 : left + 0.04;
            draft.AddBlock(grip, grip + 0.012, layout.Top * 0.35, layout.Top * 0.65, z + 0.02, z + 0.035, frame, 0.15f);
        }
    }

    private static void Sign(SceneDraft draft, double half, double top, ref CounterRandom random)
    {
        var colour = new Vector3((float)random.NextUniform(0.1, 0.8), (float)random.NextUniform(0.02, 0.5), (float)random.NextUniform(0.02, 0.4));
        draft.AddBlock(-half, half, top, top + random.NextUniform(0.1, 0.25), -0.05, -0.02, colour, 0.03f);
    }
}
