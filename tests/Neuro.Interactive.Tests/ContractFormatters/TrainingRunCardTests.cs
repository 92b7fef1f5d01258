using Neuro.Client.Api;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class TrainingRunCardTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-run-card-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Open_ARunThatGoesOn_ShowsTheLastEpochAndTheFiguresThatAreThere()
    {
        File.WriteAllText(Path.Combine(folder, "results.csv"), "epoch,loss,loss_box\n1,2.5,0.5\n2,1.25,0.25\n");
        File.WriteAllText(Path.Combine(folder, "loss.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>");

        var bundle = Formatter.Format(TrainingRunCard.Open(folder));

        bundle.Text.ShouldContain("1.25");
        bundle.Text.ShouldContain("loss box");
        bundle.Text.ShouldNotContain("2.5\n");
        var html = bundle.Html.ShouldNotBeNull();
        html.ShouldContain("data:image/svg+xml;base64,");
        html.ShouldNotContain("<script>"); // As a picture a figure runs nothing.
        html.ShouldNotContain("First batch", Case.Insensitive);
    }

    [Fact]
    public void Open_AFinishedRun_NamesTheModel()
    {
        File.WriteAllText(Path.Combine(folder, "results.csv"), "epoch,loss\n1,0.5\n");
        File.WriteAllText(Path.Combine(folder, "card.json"), """{"name":"small-<cnn>"}""");

        var bundle = Formatter.Format(TrainingRunCard.Open(folder));

        bundle.Text.ShouldContain("small-<cnn>");
        bundle.Html.ShouldNotBeNull().ShouldContain("small-&lt;cnn&gt;");
    }

    [Fact]
    public void Open_AFolderWithoutARun_NamesIt()
    {
        var error = Should.Throw<NeuroException>(() => TrainingRunCard.Open(folder));
        error.Code.ShouldBe("run.missing");
        error.Message.ShouldContain(folder);
    }
}
