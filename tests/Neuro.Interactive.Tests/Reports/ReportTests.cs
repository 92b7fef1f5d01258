using System.Text;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Reports;
using Neuro.Interactive.Tests.Formatting;

namespace Neuro.Interactive.Tests.Reports;

public sealed class ReportTests
{
    /// <summary>The smallest PNG: one pixel.</summary>
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    internal static ReportCell[] Cells { get; } =
    [
        new ReportText("# Shelves & labels\n\nA run from *order* to receipt.\n\n![a remote picture](https://example.org/a.png)"),
        new ReportCode("In [1]", "var balance = await neuro.BalanceAsync();\nbalance", [Value(HtmlParts.Properties("Balance", [("available", 1000), ("on hold", 12.5)]))]),
        new ReportText("## Training\n\n| epoch | loss |\n|---|---|\n| 1 | 0.7 |"),
        new ReportCode(
            "In [2]",
            "Console.WriteLine(\"<done>\");",
            [
                new(ReportOutputKind.Console, new MimeBundle("<done>\n")),
                new(ReportOutputKind.ConsoleError, new MimeBundle("careful\n")),
                new(ReportOutputKind.Value, Formatter.Format(ChartTests.Curves)),
                new(ReportOutputKind.Value, Formatter.Format(ChartTests.Histogram)),
                new(ReportOutputKind.Value, Formatter.Format(ChartTests.Confusion)),
                new(ReportOutputKind.Value, new MimeBundle("a pixel", (MimeTypes.Png, Pixel))),
            ]),
        new ReportText("## Training\n\n### The end\n"),
        new ReportCode("In [3]", "throw new Exception();", [new(ReportOutputKind.Error, new MimeBundle("Exception: no (cell line 1)"))]),
    ];

    private static ReportOutput Value(Html html) => new(ReportOutputKind.Value, Formatter.Format(html));

    internal static string Written(params ReportCell[] cells)
    {
        using var stream = new MemoryStream();
        Report.Write(stream, "Quick start", cells);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public void Write_EveryKindOfCell_LooksAsReviewed() => Snapshot.Match(Written(Cells), "html");

    [Fact]
    public void Write_HeadingsOfTheSameName_HaveIdsOfTheirOwn()
    {
        var report = Written(new ReportText("# Same\n\n# Same\n\n## content"));

        report.ShouldContain("<h1 id=\"same\">");
        report.ShouldContain("<h1 id=\"same-2\">");
        report.ShouldContain("<h2 id=\"content-2\">");
    }

    [Fact]
    public void Write_StyleOfANotebookOutput_IsLeftOutBecauseTheHeadHasIt()
    {
        var report = Written(new ReportCode("In [1]", "x", [new(ReportOutputKind.Value, new MimeBundle("", (MimeTypes.Html, HtmlStyle.Element + "<p>once</p>")))]));

        report.ShouldContain("<div class=\"out\"><p>once</p></div>");
    }

    [Theory]
    [InlineData("a<script>alert(1)</script>b", "ab")]
    [InlineData("<SCRIPT src='https://x'>", "&lt;SCRIPT src='https://x'>")]
    [InlineData("<scr<script>x</script>ipt>alert(1)</script>", "&lt;script>alert(1)&lt;/script>")]
    [InlineData("<meta http-equiv=refresh content='0;url=https://x'>", "&lt;meta http-equiv=refresh content='0;url=https://x'>")]
    [InlineData("<me<script></script>ta http-equiv=refresh>", "&lt;meta http-equiv=refresh>")]
    [InlineData("<base href=https://x><iframe srcdoc=y>", "&lt;base href=https://x>&lt;iframe srcdoc=y>")]
    [InlineData("<header>kept</header><p>a &lt;script> b</p>", "<header>kept</header><p>a &lt;script> b</p>")]
    [InlineData("<svg><title>kept</title></svg><table><tr><td>kept</td></tr></table>", "<svg><title>kept</title></svg><table><tr><td>kept</td></tr></table>")]
    public void Disarm_ActingMarkup_BecomesText(string html, string expected) => ForeignHtml.Disarm(html).ShouldBe(expected);

    [Fact]
    public void Disarm_LargeOutputs_TakesOnePass()
    {
        var picture = "<img src=\"data:image/png;base64," + new string('/', 5_000_000) + "\">";
        var opened = string.Concat(Enumerable.Repeat("<script ", 500_000));

        ForeignHtml.Disarm(picture).ShouldBe(picture);
        ForeignHtml.Disarm(opened).ShouldBe(opened.Replace("<", "&lt;"));
    }

    [Fact]
    public void Write_ThatFails_LeavesNoHalfFile()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-report-");
        try
        {
            var taken = folder.CreateSubdirectory("r.html");
            taken.CreateSubdirectory("full");

            Should.Throw<Exception>(() => Report.Write(taken.FullName, "t", [new ReportText("Hello.")]));

            folder.GetFiles().ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Write_ToAPath_LeavesOnlyTheReport()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-report-");
        try
        {
            Report.Write(Path.Combine(folder.FullName, "deep", "r.html"), "Title <1>", [new ReportText("Hello.")]);

            var file = folder.GetFiles("*", SearchOption.AllDirectories).ShouldHaveSingleItem();
            file.Name.ShouldBe("r.html");
            File.ReadAllText(file.FullName).ShouldContain("<h1>Title &lt;1&gt;</h1>");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
