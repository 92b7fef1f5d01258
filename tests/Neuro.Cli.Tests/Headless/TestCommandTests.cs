using System.Xml.Linq;
using Neuro.Cli.Headless;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Tests.Headless;

public sealed class TestCommandTests : CliFact
{
    private void Write(string name, params string[] cells)
    {
        var notebook = new Notebook();
        cells.ToList().ForEach(cell => notebook.Add(CellKind.Code, cell));
        notebook.Write(Path.Combine(Folder, "nb", name));
    }

    [Fact]
    public async Task Test_AFolder_WritesACaseACellAndFailsWithTheCellsError()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "nb"));
        Write("a.ipynb", "1", "// add\n2");
        Write("b.dib", "1", "throw new Exception(\"no\\u0001\");", "3");
        Write("c.dib", "1", "Environment.Exit(0);");
        await File.WriteAllTextAsync(Path.Combine(Folder, "nb", "d.ipynb"), "{", Cancel);
        var junit = Path.Combine(Folder, "results", "junit.xml");

        await using var neuro = NeuroProcess.Start(Data, "test", Path.Combine(Folder, "nb"), "--junit", junit);

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain("1 of 4 notebooks passed.");
        var suites = XDocument.Load(junit).Root!.Elements("testsuite").ToList();
        suites.Select(suite => $"{Path.GetFileName(suite.Attribute("name")!.Value)} {suite.Attribute("tests")!.Value} {suite.Attribute("failures")!.Value} {suite.Attribute("skipped")!.Value}")
            .ShouldBe(["a.ipynb 2 0 0", "b.dib 3 1 1", "c.dib 2 1 0", "d.ipynb 1 1 0"]);
        suites[0].Elements("testcase").Select(one => one.Attribute("name")!.Value).ShouldBe(["[1] 1", "[2] add"]);
        string Message(int suite) => suites[suite].Descendants("failure").Single().Attribute("message")!.Value;
        (Message(1), Message(2), Message(3)).ShouldBe(("Exception: no\uFFFD (cell line 1)", "The process ended with code 1.", "The process ended with code 1."));
        suites[3].Descendants("failure").Single().Value.ShouldContain("d.ipynb: not JSON at line 1");
    }

    [Fact]
    public async Task Test_AllPass_EndsWithZero()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "nb"));
        Write("a.csx", "int n = 1;", "n");

        await using var neuro = NeuroProcess.Start(Data, "test", Path.Combine(Folder, "nb", "a.csx"));

        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);
        neuro.Output.ShouldContain("1 of 1 notebooks passed.");
    }

    [Fact]
    public void JUnit_TextThatXmlCannotHold_IsReplaced() => JUnitFile.Of([new("n\0", [new("a\uD800", CellVerdict.Failed, 1.5, "<\u001b>", "&")], 2)]).ToString(SaveOptions.DisableFormatting)
        .ShouldBe("""<testsuites><testsuite name="n�" tests="1" failures="1" errors="0" skipped="0" time="2.000"><testcase classname="n�" name="a�" time="1.500"><failure message="&lt;�&gt;">&amp;</failure></testcase></testsuite></testsuites>""");
}
