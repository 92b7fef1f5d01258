using Neuro.Client.Api;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Improvement;
using Neuro.Learning.Tests.Training;

namespace Neuro.Learning.Tests.Improvement;

public sealed class ProposalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-improve-").FullName;
    private readonly Catalogue catalogue;
    private readonly HandheldRecipe recipe;

    public ProposalTests()
    {
        FromShardsTests.Rendered.WriteCatalogue(folder);
        catalogue = Catalogue.Load(folder);
        recipe = HandheldRecipe.Default(catalogue) with { Width = 64, Height = 64, Scenery = new() { Shelf = 0, Fridge = 0, Plain = 1 } };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Of_DarkPicturesWrong_RendersDarkPicturesAsOftenAsTheyAre()
    {
        var proposal = Propose((traits, _) => traits[Watched.Light] < 0.4 ? 0.2 : 0.95, traits => traits[Watched.Light] *= 0.6);

        var change = proposal.Changes.ShouldHaveSingleItem();
        change.Knob.ShouldBe("photo.exposure");
        change.Before.ShouldBe("""{"uniform":[0.8,1.3]}""");
        change.Reason.ShouldStartWith("pictures darker than 0.2");
        change.Reason.ShouldEndWith("in 40 % of the pictures");
        var dark = new TraitRange(Watched.Light, 0, 0.24);
        var (before, after) = (Dark(recipe), Dark(proposal.Recipe));
        before.ShouldBeLessThan(0.1);
        // Of 64 scenes two fifths are aimed at the dark, and most of those meet it.
        after.ShouldBeInRange(before + 0.12, before + 0.6);
        proposal.Recipe.ShouldBeOfType<HandheldRecipe>().Hold.ShouldBe(recipe.Validated().Hold);

        double Dark(Recipe of) => Enumerable.Range(70, 4).Average(seed =>
        {
            using var probe = new SceneProbe(catalogue, (ulong)seed);
            return probe.Share(of, dark, Cancel);
        });
    }

    [Fact]
    public void Of_OneClassWrong_DrawsItMoreOften()
    {
        var change = Propose((_, classId) => classId == 2 ? 0.3 : 0.95).Changes.ShouldHaveSingleItem();
        change.ShouldBe(new("product", "any product", """{"choice":{"of":[-1,2],"weights":[0.75,0.25]}}""", change.Reason));
        change.Reason.ShouldStartWith("pictures of blue: ");
    }

    [Fact]
    public void Of_ALaterRound_KeepsEarlierChangesAndNestsNone()
    {
        var first = Propose((traits, classId) => traits[Watched.Light] < 0.4 || classId == 2 ? 0.2 : 0.95, traits => traits[Watched.Light] *= 0.3);
        var second = Propose((_, classId) => classId == 2 ? 0.3 : 0.95, earlier: first.Recipe);
        second.Changes.ShouldHaveSingleItem().Before.ShouldContain("choice");
        second.Changes[0].After.ShouldBe("""{"choice":{"of":[-1,2],"weights":[0.75,0.25]}}""");
        second.Recipe.Photo.Exposure.ShouldBe(first.Recipe.Photo.Exposure);
    }

    [Fact]
    public void Of_NothingWeak_LeavesTheRecipe()
    {
        var proposal = Propose((_, _) => 1);
        (proposal.Slices.Count, proposal.Changes.Count, proposal.Notes.Count).ShouldBe((0, 0, 0));
        proposal.Recipe.ShouldBeSameAs(recipe);
    }

    [Fact]
    public void Of_AModelOfOtherClasses_IsRefused()
    {
        var refused = Should.Throw<NeuroException>(() => Proposal.Of(recipe, catalogue, new("other", "pictures", ["tea"], []), cancel: Cancel));
        refused.Code.ShouldBe("evaluation.classes_mismatch");
        refused.Message.ShouldContain("'other' knows 1 classes");
    }

    /// <summary>Products of several hundred pixels do not fit a picture of 64.</summary>
    [Fact]
    public void Of_WhatNoSettingMakes_SaysSo()
    {
        var proposal = Propose((traits, _) => traits[Watched.Size] > 75 ? 0.2 : 0.95, traits => traits[Watched.Size] *= 10);
        proposal.Changes.ShouldBeEmpty();
        proposal.Notes.ShouldHaveSingleItem().ShouldEndWith("no setting of hold.size makes such pictures.");
        proposal.Slices.ShouldHaveSingleItem();
    }

    [Fact]
    public void Of_WhatTheRecipeMakesAnyway_SaysSo()
    {
        var proposal = Propose(
            (traits, _) => traits[Watched.Light] > 0.6 ? 0.3 : 0.95, traits => traits[Watched.Light] = traits[Watched.Light] > 0.6 ? 0.05 + (2.4 * (traits[Watched.Light] - 0.6)) : 0);
        proposal.Changes.ShouldBeEmpty();
        proposal.Notes.ShouldHaveSingleItem().ShouldContain("of what the recipe renders are like that as it is");
    }

    [Fact]
    public void Of_ATrait_ThatNoKnobMoves_SaysSo()
    {
        var table = TabletopRecipe.Default(catalogue) with { Width = 64, Height = 64 };
        Propose((traits, _) => traits[5] > 60 ? 0.2 : 0.95, recipe: table).Notes.ShouldHaveSingleItem().ShouldEndWith("no knob of tabletop makes more of them.");
    }

    /// <summary>Whatever is weak, in several traits and a class: the recipe stays one that can be ordered.</summary>
    [Fact]
    public void Of_MuchAtOnce_IsAValidRecipe()
    {
        var proposal = Propose((traits, classId) => traits[Watched.Light] < 0.3 || traits[5] > 60 || classId == 0 ? 0.4 : 0.98, recipe: ShelfRecipe.Default(catalogue) with { Width = 160, Height = 120 }, count: 2000);
        proposal.Changes.Select(change => change.Knob).ShouldBe(["photo.exposure", "row.yaw", "product"], ignoreOrder: true);
        Recipe.Parse(proposal.Recipe.ToJson()).ShouldBe(proposal.Recipe);
    }

    private Proposal Propose(Func<double[], int, double> right, Action<double[]>? scale = null, Recipe? recipe = null, int count = 400, Recipe? earlier = null) =>
        Proposal.Of(recipe ?? this.recipe, catalogue, Watched.Of(count, 5, right, scale), earlier, 1, Cancel);
}
