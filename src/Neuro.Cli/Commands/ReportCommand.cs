using System.CommandLine;
using Neuro.Cli.Headless;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro report</c>: one self-contained HTML file of a notebook and the outputs it holds, and the same printed.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook") { Description = "An .ipynb file that has been run." };
        var output = new Option<string?>("--output", "-o") { Description = "The HTML file; beside the notebook if left out." };
        var pdf = new Option<bool>("--pdf") { Description = "Prints it to PDF too, by the Chromium on this machine." };
        var command = new Command("report", "Writes a notebook with its outputs as one HTML file that opens offline.") { notebook, output, pdf };
        command.SetAction(async (parsed, cancel) =>
        {
            var path = parsed.GetValue(notebook)!;
            var html = parsed.GetValue(output) ?? Path.ChangeExtension(path, ".html");
            NotebookReport.Write(Notebook.Read(path), Path.GetFileNameWithoutExtension(path), html);
            Console.WriteLine($"Report: {html}");
            if (parsed.GetValue(pdf))
            {
                await Chromium.PrintAsync(html, Path.ChangeExtension(html, ".pdf"), cancel);
                Console.WriteLine($"PDF:    {Path.ChangeExtension(html, ".pdf")}");
            }

            return 0;
        });
        return command;
    }
}
