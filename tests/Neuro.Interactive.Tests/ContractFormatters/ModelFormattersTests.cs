using Neuro.Client.Models;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class ModelFormattersTests
{
    [Fact]
    public void Model_ShowsAccuracyAndPackage() => Shown.Matches(Samples.Model);

    [Fact]
    public void Models_AreOneTable() => Shown.Matches(new[] { Samples.Model, Samples.Model with { Name = "small-cnn-2", ValidationAccuracy = 0.95 } });

    [Fact]
    public void Evaluation_OfFewClasses_ShowsEverything() => Shown.Matches(Samples.SmallEvaluation);

    [Fact]
    public void Evaluation_OfManyLongNames_FitsAPage()
    {
        var bundle = Shown.Matches(Samples.Evaluation);
        bundle.Html!.ShouldContain("Bregott-Original-Spread-600g");
        new ConfusionMatrix { Title = "", Classes = Samples.Evaluation.Classes, Counts = Samples.Evaluation.Confusion }.Width.ShouldBeLessThanOrEqualTo(1000);
    }

    [Fact]
    public void Evaluations_AreOneTable() => Shown.Matches(new[] { Samples.Evaluation, Samples.SmallEvaluation });

    [Fact]
    public void Improvement_ShowsSlicesChangesVerdictsAndAccuracyByRound() => Shown.Matches(Samples.Improvement);

    [Fact]
    public void Improvement_ThatHasJustBegun_SaysWhatIsWeak()
    {
        var begun = Samples.Improvement with { Rounds = [Samples.Improvement.Rounds[0] with { Outcome = null }] };
        var bundle = Formatter.Format(begun);
        bundle.Text.ShouldContain("pictures darker than 0.21: 42.5 % of 120 right, of the others 72.5 %");
        bundle.Html.ShouldNotBeNull().ShouldNotContain("Accuracy by round");
        Formatter.Format(begun with { Rounds = [] }).Html.ShouldNotBeNull();
    }

    [Fact]
    public void Evaluation_WithoutPicturesOrMistakes_StillShows()
    {
        var empty = new Evaluation("m", "nothing", [], 0, double.NaN, 0, 1, double.NaN, double.NaN, [], []);
        var bundle = Formatter.Format(empty);
        bundle.Text.ShouldContain("0 pictures");
        bundle.Html.ShouldNotBeNull().ShouldContain("No mistakes.");
    }

    [Fact]
    public void Compression_ShowsWhatEachCostsAndKnows() => Shown.Matches(Samples.Compression);

    [Fact]
    public void WorkProgress_HasTheTimeLeft() => Shown.Matches(new WorkProgress("Evaluating <it>", 0.25, TimeSpan.FromSeconds(30))).Text.ShouldContain("about 1 min 30 s left");
}
