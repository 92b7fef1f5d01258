using System.CommandLine;
using Neuro.Interactive.Reports;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro report</c>: one self-contained HTML file of a notebook and the outputs it holds.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook") { Description = "An .ipynb file that has been run." };
        var output = new Option<string?>("--output", "-o") { Description = "The HTML file; beside the notebook if left out." };
        var command = new Command("report", "Writes a notebook with its outputs as one HTML file that opens offline.") { notebook, output };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(notebook)!;
            var html = parsed.GetValue(output) ?? Path.ChangeExtension(path, ".html");
            var document = Notebook.Read(path);
            Report.Write(html, NotebookReport.Title(document, Path.GetFileNameWithoutExtension(path)), NotebookReport.Cells(document));
            Console.WriteLine($"Report: {html}");
            return 0;
        });
        return command;
    }
}
