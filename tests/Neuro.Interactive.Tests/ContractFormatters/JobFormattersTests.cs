using System.Text.Json;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class JobFormattersTests
{
    [Fact]
    public void Job_ThatRuns_ShowsWhatIsPaidOfTheCap() => Shown.Matches(Samples.Job);

    [Fact]
    public void Job_ThatFailed_ShowsTheErrorAndWhatCameBack() => Shown.Matches(Samples.FailedJob);

    [Fact]
    public void Jobs_AreOneTable() => Shown.Matches(new[] { Samples.FailedJob, Samples.DoneJob, Samples.Job });

    [Fact]
    public void Progress_OfRendering_IsABarWithTheTimeLeft() => Shown.Matches(Samples.RenderProgress);

    [Fact]
    public void Progress_OfTraining_HasBothCurves()
    {
        var html = Shown.Matches(Samples.TrainProgress).Html!;
        html.ShouldContain("cross-entropy (nats)");
        html.ShouldContain("classified right (%)");
        html.ShouldContain("step (of 400)");
    }

    [Fact]
    public void Progress_CarriesTheFormForConsoles()
    {
        using var form = JsonDocument.Parse(Formatter.Format(Samples.RenderProgress)[MimeTypes.Progress].ShouldNotBeNull());
        form.RootElement.GetProperty("label").GetString().ShouldBe(Samples.Job.Title);
        form.RootElement.GetProperty("fraction").GetDouble().ShouldBe(0.375);
        form.RootElement.GetProperty("detail").GetString()!.ShouldContain("about 53 s left");
    }

    [Fact]
    public void Progress_WithThousandsOfPoints_StaysSmallAndEndsAtTheLast()
    {
        var point = Samples.TrainProgress.Curve[0];
        var many = Samples.TrainProgress with { Curve = [.. Enumerable.Range(1, 20_000).Select(i => point with { Step = i, Steps = 20_000 })] };
        var html = Formatter.Format(many).Html!;
        html.Length.ShouldBeLessThan(40_000);
        html.ShouldContain("L444 "); // the right end of the plot: step 20,000
    }

    [Fact]
    public void Receipts_WithoutTheKey_CheckTheNodesSignatureOnly() => Shown.Matches(Samples.Receipts);

    [Fact]
    public void Receipt_ShowsShortHashes() => Shown.Matches(Samples.Receipts[0]);

    [Fact]
    public void CheckedReceipts_ThatHold_SayTheSum() => Shown.Matches(Samples.GoodReceipts);

    [Fact]
    public void CheckedReceipts_WithAChangedPrice_NameTheOne() => Shown.Matches(Samples.BadReceipts);

    [Fact]
    public void Nodes_AreOneTable() => Shown.Matches(Samples.Nodes);

    [Fact]
    public void Nodes_ThatAreBarred_AreCountedApart() => Shown.Matches(new[] { Samples.Nodes[0], Samples.BarredNode });

    [Fact]
    public void NodeRecord_ShowsTrustWithItsReasons() => Shown.Matches(Samples.NodeRecord);

    [Fact]
    public void NodeRecord_OfABarredNode_SaysSinceWhenAndWhy() =>
        Shown.Matches(Samples.NodeRecord with { BarredSince = Samples.Noon, BarredFor = "caught <cheating>", Marks = [] }).Text.ShouldContain("Nothing speaks against it.");

    [Fact]
    public void Earnings_OfSeveralDays_HaveACurveWithItsZeros() => Shown.Matches(Samples.Earnings);

    [Fact]
    public void Earnings_OfOneDay_HaveNoCurve() => Shown.Matches(new[] { Samples.Earnings[0] }).Html!.ShouldNotContain("<svg");

    [Fact]
    public void VerifiedReceipts_ThatHold_SayWhatWasAsked() => Shown.Matches(Samples.Verified);

    [Fact]
    public void VerifiedReceipts_ThatDoNot_ListTheFaults() => Shown.Matches(Samples.FalseReceipts);

    [Fact]
    public void Node_ShowsWhatWasMeasured() => Shown.Matches(Samples.Nodes[0]);
}
