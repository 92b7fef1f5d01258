using Microsoft.Playwright;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Reports;

namespace Neuro.Interactive.Tests.Reports;

public sealed class ReportInBrowserTests
{
    [Fact]
    public async Task Open_Report_AsksTheNetworkForNothingAndSaysNothingInTheConsole()
    {
        var seen = await Open(ReportTests.Written(ReportTests.Cells), async page =>
        {
            (await page.TitleAsync()).ShouldBe("Quick start");
            (await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link).CountAsync()).ShouldBe(4);
            (await page.Locator("svg.neuro-chart").First.IsVisibleAsync()).ShouldBeTrue();
            var code = page.GetByText("balance = await").Last;
            (await code.IsVisibleAsync()).ShouldBeFalse();
            await page.Locator("summary").First.ClickAsync();
            (await code.IsVisibleAsync()).ShouldBeTrue();
            (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue();
        });

        seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_ReportOfAStrangersOutputs_RunsNoneOfTheirScripts()
    {
        string[] attacks =
        [
            "<script>document.title = 'taken'</script>",
            "<img src=\"data:image/png;base64,x\" onerror=\"document.title='taken'\">",
            "<svg onload=\"document.title='taken'\"></svg>",
            "<meta http-equiv=\"refresh\" content=\"0;url=https://example.org/\">",
            "<iframe srcdoc=\"<script>parent.document.title='taken'</script>\"></iframe>",
        ];
        var cells = attacks.Select(attack => new ReportCode("In [1]", "x", [new(ReportOutputKind.Value, new MimeBundle("", (MimeTypes.Html, attack)))]));

        var seen = await Open(ReportTests.Written([.. cells, new ReportText("A [link](javascript:document.title='taken') <script>document.title='taken'</script>")]), async page =>
        {
            await page.GetByText("link").ClickAsync();
            (await page.TitleAsync()).ShouldBe("Quick start");
        });

        seen.Where(what => what.StartsWith("request", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>Opens the page from a file in Chromium and returns what it asked for and what its console said.</summary>
    private static async Task<IReadOnlyList<string>> Open(string html, Func<IPage, Task> look)
    {
        var chromium = Requires.Program("chromium", "apt install chromium");
        var file = Path.Combine(Path.GetTempPath(), $"neuro-report-{Guid.NewGuid():N}.html");
        await File.WriteAllTextAsync(file, html);
        try
        {
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
            var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1000, Height = 800 } });
            var seen = new List<string>();
            page.Console += (_, message) => seen.Add($"console: {message.Text}");
            page.PageError += (_, error) => seen.Add($"error: {error}");
            page.Request += (_, request) =>
            {
                if (request.Url != new Uri(file).AbsoluteUri && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                {
                    seen.Add($"request: {request.Url}");
                }
            };
            await page.GotoAsync(new Uri(file).AbsoluteUri, new() { WaitUntil = WaitUntilState.NetworkIdle });
            await look(page);
            return seen;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
