using Neuro.Interactive.Reports;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Headless;

/// <summary>What a run leaves in its folder: the executed notebook, written anew after each cell, and at the end the report.</summary>
internal sealed class RunFiles(string folder, string name)
{
    public string Executed { get; } = Path.Combine(folder, name + ".ipynb");

    public string Report { get; } = Path.Combine(folder, name + ".html");

    /// <summary>The notebook that an earlier run of it left here.</summary>
    public Notebook? Earlier() => File.Exists(Executed) ? Notebook.Read(Executed) : null;

    public void Save(Notebook notebook)
    {
        Directory.CreateDirectory(folder);
        notebook.Write(Executed);
    }

    public void WriteReport(Notebook notebook) => NotebookReport.Write(notebook, name, Report);
}
