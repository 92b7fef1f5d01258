using System.Diagnostics;
using Neuro.Client.Api;

namespace Neuro.Cli.Headless;

/// <summary>Prints a page to PDF by the browser on this machine.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Prints an HTML file; scripts and the network are off in the file's own policy.</summary>
    /// <exception cref="NeuroException"><c>pdf.no_browser</c>; <c>pdf.failed</c> with what the browser said.</exception>
    public static async Task PrintAsync(string html, string pdf, CancellationToken cancel)
    {
        var browser = Find() ?? throw new NeuroException(
            "pdf.no_browser", $"A PDF is printed by Chromium, and none of {string.Join(", ", Names)} is on the PATH. Install one, or print {html} from any browser.");
        var profile = Directory.CreateTempSubdirectory("neuro-pdf-").FullName;
        try
        {
            var temporary = Path.Combine(profile, "report.pdf");
            string[] how = [.. Sandbox(), "--headless", "--disable-gpu", $"--user-data-dir={profile}", "--no-pdf-header-footer", $"--print-to-pdf={temporary}"];
            var said = await RunAsync(browser, [.. how, new Uri(Path.GetFullPath(html)).AbsoluteUri], cancel);
            if (!File.Exists(temporary))
            {
                throw new NeuroException("pdf.failed", $"{browser} printed no PDF of {html}. It said: {said.Trim()}");
            }

            File.Move(temporary, pdf, overwrite: true);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string browser, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        using var process = Process.Start(new ProcessStartInfo(browser, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var (said, _) = (process.StandardError.ReadToEndAsync(CancellationToken.None), process.StandardOutput.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        return await said;
    }

    /// <summary>Chromium refuses root its sandbox.</summary>
    private static string[] Sandbox() => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
        .FirstOrDefault(File.Exists);
}
