using System.CommandLine;
using Neuro.Client.Api;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro convert</c>: a notebook in another format; what that has no place for is said.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("from") { Description = "An .ipynb, .dib, .csx or .cs file." };
        var to = new Argument<string>("to") { Description = "The file to write; its ending says the format." };
        var force = new Option<bool>("--force") { Description = "Writes over a file that is there." };
        var command = new Command("convert", "Writes a notebook in another format: .ipynb, .dib, .csx or .cs.") { from, to, force };
        command.SetAction(parsed => Convert(parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(force)));
        return command;
    }

    private static int Convert(string from, string to, bool force)
    {
        var notebook = Notebook.Read(from);
        var format = NotebookFormats.Of(to);
        if (File.Exists(to) && !force)
        {
            throw new NeuroException("convert.exists", $"{to} is there already; --force writes over it.");
        }

        notebook.Write(to);
        var shown = notebook.Cells.Count(cell => cell.Outputs.Count > 0);
        var lost = shown > 0 && !format.KeepsOutputs() ? $", without the outputs of {shown}: {Path.GetExtension(to)} has no place for them" : "";
        Console.WriteLine($"{to}: {notebook.Cells.Count} {(notebook.Cells.Count == 1 ? "cell" : "cells")}{lost}.");
        return 0;
    }
}
