using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Neuro.Cli.Headless;

/// <summary>The results of tested notebooks in the XML that build servers read: a suite a notebook, a case a cell.</summary>
internal static class JUnitFile
{
    public static XDocument Of(IReadOnlyList<TestedNotebook> notebooks) => new(new XElement("testsuites", notebooks.Select(Suite)));

    private static XElement Suite(TestedNotebook notebook) => new(
        "testsuite",
        new XAttribute("name", Valid(notebook.Path)),
        new XAttribute("tests", notebook.Cells.Count),
        new XAttribute("failures", notebook.Cells.Count(cell => cell.Verdict == CellVerdict.Failed)),
        new XAttribute("errors", 0),
        new XAttribute("skipped", notebook.Cells.Count(cell => cell.Verdict == CellVerdict.NotRun)),
        new XAttribute("time", Seconds(notebook.Seconds)),
        notebook.Cells.Select(cell => Case(notebook, cell)));

    private static XElement Case(TestedNotebook notebook, TestedCell cell) => new(
        "testcase",
        new XAttribute("classname", Valid(Path.GetFileName(notebook.Path))),
        new XAttribute("name", Valid(cell.Name)),
        new XAttribute("time", Seconds(cell.Seconds)),
        cell.Verdict switch
        {
            CellVerdict.Failed => new XElement("failure", new XAttribute("message", Valid(cell.Message)), Valid(cell.Details)),
            CellVerdict.NotRun => new XElement("skipped"),
            _ => null,
        });

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>XML has no place for most control characters, nor for half a surrogate pair.</summary>
    private static string Valid(string text)
    {
        var valid = new System.Text.StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            valid.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString());
        }

        return valid.ToString();
    }
}
