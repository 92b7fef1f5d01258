using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.Playwright;
using Neuro.Chain.Anvil;

namespace Neuro.Cli.Tests.Journeys;

/// <summary>Every notebook of the repository and its first script, run as a person would run it, on fewer pictures.</summary>
public sealed class NotebookTests : CliFact
{
    /// <summary>As these tests are built: a script's projects need no second build.</summary>
    private static string Configuration { get; } = typeof(NotebookTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    public static TheoryData<string> Notebooks => [.. Directory.GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb").Select(Path.GetFileName).Order().OfType<string>()];

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task Run_ANotebook_LeavesItExecutedWithAReportThatOpensOffline(string notebook)
    {
        Requires.True(notebook != "07-token.ipynb" || AnvilNode.Find(Repository.Root) is not null, "needs anvil: npm ci in contracts/");
        MeasuredNode.GiveTo(Data);
        await using var neuro = NeuroProcess.Start(Data, ["run", Path.Combine("notebooks", notebook), "-o", Folder, .. Fewer(notebook)]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);

        using var executed = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, notebook), Cancel));
        var code = executed.RootElement.GetProperty("cells").EnumerateArray().Where(cell => cell.GetProperty("cell_type").GetString() == "code").ToList();
        code.ShouldAllBe(cell => cell.GetProperty("execution_count").ValueKind == JsonValueKind.Number);
        code.SelectMany(cell => cell.GetProperty("outputs").EnumerateArray()).ShouldAllBe(output => output.GetProperty("output_type").GetString() != "error");
        NeuroProcess.Running(Data).ShouldBeEmpty();
        await ShouldOpenOfflineAsync(Path.Combine(Folder, Path.ChangeExtension(notebook, ".html")));
    }

    /// <summary>The other scripts need no platform; they run in a session and are compiled as programs in their own tests.</summary>
    [Fact]
    public async Task Run_TheQuickStartAsAProgram_SucceedsAndLeavesNothingRunning()
    {
        MeasuredNode.GiveTo(Data);
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "run", "-c", Configuration, Path.Combine("notebooks", "scripts", "quickstart.cs"), "--", "40", "2" },
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NEURO_DATA"] = Data },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);

        process.ExitCode.ShouldBe(0, await output + await errors);
        (await output).ShouldContain("All accounts together: 0 NTK");
        NeuroProcess.Running(Data).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_Interrupted_StopsCleanlyKeepsWhatWasDoneAndLeavesNothingRunning()
    {
        await using var neuro = NeuroProcess.Start(Data, "run", Path.Combine("notebooks", "01-quickstart.ipynb"), "-o", Folder);
        await neuro.LineAsync("var order = await .* done|█", Cancel);

        neuro.Interrupt();

        (await neuro.ExitAsync(Cancel)).ShouldBe(130, neuro.Output);
        neuro.Output.ShouldNotContain("   at ");
        NeuroProcess.Running(Data).ShouldBeEmpty();
        File.Exists(Path.Combine(Folder, "01-quickstart.html")).ShouldBeTrue();
    }

    // What a notebook orders or trains takes minutes at the size that a person wants.
    private static string[] Fewer(string notebook) => notebook is "01-quickstart.ipynb" or "03-training.ipynb" ? ["-p", "images=40", "-p", "epochs=2"] : [];

    private static async Task ShouldOpenOfflineAsync(string report)
    {
        var chromium = Requires.Program("chromium", "apt install chromium");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
        var page = await browser.NewPageAsync();
        List<string> complaints = [];
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                complaints.Add($"asks for {request.Url}");
            }
        };

        await page.GotoAsync(new Uri(report).AbsoluteUri);

        complaints.ShouldBeEmpty();
        (await page.Locator("img, svg").CountAsync()).ShouldBeGreaterThan(0);
        (await page.Locator("img").EvaluateAllAsync<bool>("pictures => pictures.every(picture => picture.complete && picture.naturalWidth > 0)")).ShouldBeTrue();
    }
}
