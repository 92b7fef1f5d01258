using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Neuro.Cli.Tests.Jupyter;

/// <summary>The kernel as a person meets it: Debian's Jupyter Notebook with a page of it in Chromium.</summary>
public sealed class BrowserTests : CliFact
{
    private const float Patience = 60_000;

    private string Jupyter => Path.Combine(Folder, "jupyter");

    [Fact]
    public async Task Notebook_RunAllThenStop_ShowsThePictureAndIsIdleAgain()
    {
        var chromium = Requires.Program("chromium", "apt install chromium");
        var python = Python();
        Requires.True(python is not null, "needs Jupyter Notebook: apt install jupyter-notebook");
        await using (var install = NeuroProcess.Start(Data, ["/usr/bin/env", $"JUPYTER_DATA_DIR={Jupyter}"], ["jupyter", "install"]))
        {
            (await install.ExitAsync(Cancel)).ShouldBe(0, install.Output);
        }

        WriteNotebook(
            "using Neuro.Interactive.Formatting.Charts;\nnew LineChart { Title = \"Loss\", Lines = [new(\"loss\", [1, 2, 3], [3, 2, 1])] }",
            "while (true);",
            "40 + 2");
        var port = FreePort();
        await using var server = NeuroProcess.StartCommand(
            Data, "/usr/bin/env", $"JUPYTER_DATA_DIR={Jupyter}", $"JUPYTER_RUNTIME_DIR={Path.Combine(Folder, "runtime")}", $"JUPYTER_CONFIG_DIR={Folder}", $"IPYTHONDIR={Folder}", $"HOME={Folder}",
            python!, "-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={port}", "--port-retries=0", "--NotebookApp.token=", "--NotebookApp.password=", $"--notebook-dir={Folder}");
        await server.LineAsync($"http://127.0.0.1:{port}/", Cancel);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync($"http://127.0.0.1:{port}/notebooks/shelf.ipynb");
        await page.Locator(".kernel_idle_icon").WaitForAsync();

        await page.Locator("#menubar").GetByText("Cell", new() { Exact = true }).ClickAsync();
        await page.Locator("#run_all_cells a").ClickAsync();
        await page.Locator(".output_area svg.neuro-chart").WaitForAsync();
        (await page.Locator(".output_area svg.neuro-chart title").First.TextContentAsync()).ShouldBe("Loss");
        var prompt = page.Locator(".code_cell").Nth(1).Locator(".input_prompt");
        (await prompt.InnerTextAsync()).ShouldContain("[*]"); // The endless cell runs, and keeps the kernel busy.

        await page.Locator("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']").ClickAsync();
        await page.Locator(".code_cell").Nth(1).Locator(".output_error").WaitForAsync();
        await page.Locator(".kernel_idle_icon").WaitForAsync();
        await Assertions.Expect(prompt).ToContainTextAsync("[2]", new() { Timeout = Patience });

        // What came behind the stopped cell did not run; the kernel still has what was, and goes on.
        await page.Locator(".code_cell").Nth(2).Locator(".CodeMirror").ClickAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.Locator(".code_cell").Nth(2).Locator(".output_result")).ToHaveTextAsync("42", new() { Timeout = Patience });
    }

    private void WriteNotebook(params string[] cells) => File.WriteAllText(Path.Combine(Folder, "shelf.ipynb"), new JsonObject
    {
        ["nbformat"] = 4,
        ["nbformat_minor"] = 4,
        ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["name"] = "neuro", ["display_name"] = "C# (Neuro)", ["language"] = "C#" } },
        ["cells"] = new JsonArray([.. cells.Select(code => new JsonObject
        {
            ["cell_type"] = "code", ["source"] = code, ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["execution_count"] = null,
        })]),
    }.ToJsonString());

    /// <summary>The first Python that has Jupyter Notebook, whose pages this test knows (version 6, as Debian 12 has it); null where none does.</summary>
    private static string? Python() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin").Distinct()
        .Select(folder => Path.Combine(folder, "python3"))
        .FirstOrDefault(python => File.Exists(python) && Succeeds(python, "-c", "import notebook; assert notebook.version_info[0] == 6"));

    private static bool Succeeds(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
