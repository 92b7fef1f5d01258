using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Tests.Scenes;

namespace Neuro.Kernels.Tests.Labels;

/// <summary>Slots, tags and gaps of a shelf.</summary>
public sealed class PlanogramTests
{
    private const int Images = 40;

    private static readonly IRenderBackend Backend = RenderBackends.Create();

    private static Recipe Recipe => (ShelfRecipe.Default(TestShop.Shapes) with { Width = 96, Height = 72 })
        .With("distractors.unknown", 0).With("row.disorder", 0).With("row.missing", 0.25).With("fixture.endCap", 0).With("fixture.priceRails", 1);

    private static readonly Lazy<Scene[]> Shelves = new(() => [.. Enumerable.Range(0, Images).Select(index => SceneBuilder.Build(Recipe, TestShop.Shapes, 9, index))]);

    [Fact]
    public void Slot_NeighbouringFacingsOfOneArticle_ShareIt() => ForEach(scene =>
    {
        foreach (var slot in Places(scene).GroupBy(place => place.Slot))
        {
            slot.Select(place => (place.Row, place.ClassId)).Distinct().Count().ShouldBe(1, $"slot {slot.Key}");
            var facings = slot.Select(place => place.Facing).Distinct().Order().ToArray();
            facings.ShouldBe(Enumerable.Range(facings[0], facings.Length), $"slot {slot.Key}");
        }

        // From the lowest row's left end on.
        Places(scene).OrderBy(place => place.Row).ThenBy(place => place.Facing).Select(place => place.Slot).ShouldBeInOrder();
    });

    [Fact]
    public void PriceTag_OfAPlace_IsOneOfTheScenesForItsSlotAndClass() => ForEach(scene =>
    {
        scene.PriceTags.Select(tag => tag.Id).ShouldBe(Enumerable.Range(0, scene.PriceTags.Count));
        scene.PriceTags.Select(tag => tag.Slot).ShouldBeUnique();
        foreach (var one in scene.Instances.Where(one => one.Place!.Value.PriceTag >= 0))
        {
            var tag = scene.PriceTags[one.Place!.Value.PriceTag];
            (tag.Slot, tag.Row, tag.ClassId).ShouldBe((one.Place.Value.Slot, one.Place.Value.Row, one.ClassId));
        }
    });

    [Fact]
    public void Gap_EveryOne_LiesWhereNothingStandsAndHasTheClassOfItsSlot() => ForEach(scene =>
    {
        foreach (var gap in scene.Gaps)
        {
            foreach (var one in scene.Instances.Where(one => one.Place!.Value.Row == gap.Row))
            {
                one.Place!.Value.Facing.ShouldNotBe(gap.Facing);
                Math.Abs(one.Placing.Origin.X - gap.Centre.X).ShouldBeGreaterThan((gap.Size.X / 2) - 1e-3f, $"{one.Sku} stands in the gap at row {gap.Row}, facing {gap.Facing}");
                (one.Place.Value.Slot != gap.Slot || one.ClassId == gap.ClassId).ShouldBeTrue();
            }
        }
    });

    [Fact]
    public void Labels_OfAnyShelf_ListTheGapsAndTagsInTheFrame()
    {
        var (gaps, tags) = (0, 0);
        foreach (var scene in Shelves.Value)
        {
            var frame = new Frame(scene.Width, scene.Height);
            Backend.Render(scene, frame);
            var labels = LabelPass.Run(scene, frame);
            foreach (var box in labels.Gaps.Select(gap => gap.Box).Concat(labels.PriceTags.Select(tag => tag.Box)))
            {
                (box.Width > 0 && box.Height > 0 && box.X >= 0 && box.Y >= 0 && box.X + box.Width <= 96 && box.Y + box.Height <= 72).ShouldBeTrue($"{box}");
            }

            labels.PriceTags.Select(tag => tag.Id).ShouldBeSubsetOf(scene.PriceTags.Select(tag => tag.Id));
            (gaps, tags) = (gaps + labels.Gaps.Count, tags + labels.PriceTags.Count);
        }

        gaps.ShouldBeGreaterThan(Images);
        tags.ShouldBeGreaterThan(Images);
    }

    private static void ForEach(Action<Scene> law)
    {
        var (gaps, tags) = (0, 0);
        foreach (var scene in Shelves.Value)
        {
            (gaps, tags) = (gaps + scene.Gaps.Count, tags + scene.PriceTags.Count);
            law(scene);
        }

        gaps.ShouldBeGreaterThan(Images);
        tags.ShouldBeGreaterThan(Images);
    }

    /// <summary>Where something stands or should.</summary>
    private static IEnumerable<(int Row, int Facing, int Slot, int ClassId)> Places(Scene scene) =>
        scene.Instances.Select(one => (one.Place!.Value.Row, one.Place.Value.Facing, one.Place.Value.Slot, one.ClassId))
            .Concat(scene.Gaps.Select(gap => (gap.Row, gap.Facing, gap.Slot, gap.ClassId)));
}
