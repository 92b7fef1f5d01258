using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Tests.Documents;

public sealed class NotebookFormatTests
{
    /// <summary>Lines that mean something to one of the formats, whole and damaged, among ordinary ones.</summary>
    private static readonly string[] Telling =
    [
        "", " ", "var x = 1;", "x", "// comment", "//", "//x", "# Title", "* [ ] done", "text with 😀 and \\ \" '", "\tindented",
        "#!csharp", " #!csharp", "#!markdown", "#!html", "  #!html", "#!meta", "#!raw", "#!fsharp", "#!time", "#!neuro-buy 1000", "#!value --name v", "#!html ", "#!", "#!/usr/bin/env dotnet",
        "//#!time", "////#!time", "///#!time", "// #!time", "  //#!html", "<b>bold</b>",
        "// %%", "//%%", "// %% [markdown]", "// %% {\"tags\":[]}", "//// %%", "%%", "%% x", " // %%", "<!-- %% {} -->", "<!-- %% {\"a\":1} -->",
        "#r \"nuget: Name, 1.0\"", "#r \"nuget: Name\"", "#r \"a.dll\"", "//#r \"a.dll\"", "#i \"nuget: x\"", "#load \"a.csx\"", "#:package Name@1.0", "#:project ../x", "lone \r return",
    ];

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static readonly Gen<string> Source = Gen.OneOf(OneOf(Telling), Gen.Char[' ', '~'].Array[0, 12].Select(letters => new string(letters)))
        .Array[0, 6].Select(lines => string.Join('\n', lines));

    private static readonly Gen<JsonNode?> Value = Gen.OneOf<JsonNode?>(
        Gen.String[Gen.Char[' ', '~'], 0, 10].Select(text => (JsonNode?)JsonValue.Create(text)),
        Gen.Int.Select(number => (JsonNode?)JsonValue.Create(number)),
        Gen.Bool.Select(truth => (JsonNode?)JsonValue.Create(truth)),
        OneOf("a\nb", "-->", "}", "😀 \u2028").Select(text => (JsonNode?)new JsonObject { ["deep"] = new JsonArray(text, null) }));

    private static readonly Gen<JsonObject> Metadata = Gen.Select(OneOf("title", "future", "polyglot_notebook", "id", "notebook", "tags"), Value)
        .Array[0, 3].Select(members => new JsonObject(members.DistinctBy(member => member.Item1).Select(member => KeyValuePair.Create(member.Item1, member.Item2?.DeepClone()))));

    private static readonly Gen<string[]> Tags = OneOf<string[]>([], ["parameters"], ["skip-on-resume", "ünï code"], ["a b", "}"]);

    private static readonly Gen<Notebook> Notebooks = Gen.Select(
        Gen.Select(Gen.Enum<CellKind>(), Source, Metadata, Tags, OneOf<string?>(null, "intro", "a-b_c")).Array[0, 5], Metadata).Select(Make);

    private static Notebook Make((CellKind Kind, string Source, JsonObject Metadata, string[] Tags, string? Id)[] cells, JsonObject metadata)
    {
        var notebook = new Notebook();
        foreach (var (kind, source, own, tags, id) in cells)
        {
            var cell = notebook.Add(kind, source);
            foreach (var (name, value) in own)
            {
                cell.Metadata[name] = value?.DeepClone();
            }

            if (tags.Length > 0)
            {
                cell.Metadata["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]);
            }

            if (id is not null && notebook.Cells.All(other => other.Id != id))
            {
                cell.Id = id;
            }

            if (kind == CellKind.Markdown && id is not null)
            {
                cell.Node["attachments"] = new JsonObject { ["a.png"] = new JsonObject { ["image/png"] = "iVBORw0KGgo=" } };
            }
        }

        foreach (var (name, value) in metadata)
        {
            notebook.Metadata[name] = value?.DeepClone();
        }

        return notebook;
    }

    [Theory]
    [InlineData(NotebookFormat.Ipynb)]
    [InlineData(NotebookFormat.Dib)]
    [InlineData(NotebookFormat.Csx)]
    [InlineData(NotebookFormat.Cs)]
    public void ToText_OfAnyNotebook_ReadsBackTheSame(NotebookFormat format) => Notebooks.Sample(
        notebook => ShouldBeTheSame(Notebook.Parse(notebook.ToText(format), format), notebook, notebook.ToText(format)), iter: 1000, print: notebook => notebook.ToJson());

    // The order of an object's members says nothing.
    private static void ShouldBeTheSame(Notebook read, Notebook written, string text) =>
        JsonNode.DeepEquals(JsonNode.Parse(read.ToJson()), JsonNode.Parse(written.ToJson())).ShouldBeTrue($"{text}\n--- was read as\n{read.ToJson()}");

    [Theory]
    [InlineData(NotebookFormat.Dib)]
    [InlineData(NotebookFormat.Csx)]
    [InlineData(NotebookFormat.Cs)]
    public void Parse_OfAnyText_ReadsTheSameOnceWritten(NotebookFormat format) => Source.Array[0, 4].Sample(parts =>
    {
        var text = string.Join("\n", parts);
        Notebook read;
        try
        {
            read = Notebook.Parse(text, format);
        }
        catch (NotebookException refusal)
        {
            refusal.Code.ShouldStartWith("notebook.");
            return;
        }

        ShouldBeTheSame(Notebook.Parse(read.ToText(format), format), read, read.ToText(format));
    }, iter: 1000);

    [Theory]
    [InlineData(NotebookFormat.Dib, "dib")]
    [InlineData(NotebookFormat.Csx, "csx")]
    [InlineData(NotebookFormat.Cs, "cs")]
    public void ToText_OfANotebook_LooksAsReviewed(NotebookFormat format, string extension)
    {
        var notebook = new Notebook();
        notebook.Add(CellKind.Markdown, "# Title\n\nText.");
        notebook.Add(CellKind.Code, "int images = 600;").Metadata["tags"] = new JsonArray("parameters");
        notebook.Add(CellKind.Code, "#r \"nuget: Humanizer.Core, 2.14.1\"\n#!time\nvar x = images + 1;\nx");
        notebook.Add(CellKind.Code, "#!html\n<b>bold</b>").Metadata["title"] = "Show it";
        notebook.Add(CellKind.Raw, "raw");

        Snapshot.Match(notebook.ToText(format), extension + ".txt");
    }

    [Fact]
    public void Parse_DibOfAnotherProgram_ReadsItsCells()
    {
        var notebook = Notebook.Parse("#!meta\n\n{\"kernelInfo\":{\"defaultKernelName\":\"fsharp\"}}\n\n#!markdown\n\n# Hello\n\n#!csharp\n\nvar x = 1;\n\n#!html\n\n<b>x</b>\n", NotebookFormat.Dib);

        notebook.Cells.Select(cell => (cell.Kind, cell.Source)).ShouldBe([(CellKind.Markdown, "# Hello"), (CellKind.Code, "var x = 1;"), (CellKind.Code, "#!html\n<b>x</b>")]);
        notebook.Metadata["polyglot_notebook"]!["kernelInfo"]!["defaultKernelName"]!.ToString().ShouldBe("fsharp");
    }

    [Fact]
    public void Parse_ProgramWithoutMarks_IsOneCell() =>
        Notebook.Parse("#:package A@1\r\n\r\nConsole.WriteLine(1);\r\n", NotebookFormat.Cs).Cells.Single().Source.ShouldBe("#:package A@1\n\nConsole.WriteLine(1);");

    [Fact]
    public void Parse_MarkWithTitleKindAndTags_ReadsAllThree()
    {
        var cell = Notebook.Parse("// %% Load the data [markdown] {\"tags\":[\"a\"]}\n// Text\n", NotebookFormat.Csx).Cells.Single();

        (cell.Kind, cell.Source, cell.Metadata["title"]!.ToString()).ShouldBe((CellKind.Markdown, "Text", "Load the data"));
        cell.Tags.ShouldBe(["a"]);
    }

    [Theory]
    [InlineData(NotebookFormat.Cs, "// %%\nx\n// %% {\"tags\":}", "notebook.broken_cell", "nb: line 3: the cell's mark has no JSON object: {\"tags\":}")]
    [InlineData(NotebookFormat.Cs, "// %% {\"metadata\":7}", "notebook.broken_cell", "nb: cell 1: metadata is a number; expected an object.")]
    [InlineData(NotebookFormat.Csx, "// %% [notebook] {\"nbformat\":5}", "notebook.unsupported", "nb: nbformat is 5; this program reads format 4. `jupyter nbconvert --to notebook --nbformat 4` converts it.")]
    [InlineData(NotebookFormat.Dib, "#!meta\n\nx\n", "notebook.unsupported", "nb: what stands below #!meta is no JSON object. Mend it or take it out.")]
    [InlineData(NotebookFormat.Dib, "#!csharp\n\n// %% {\"id\":}\nx\n", "notebook.broken_cell", "nb: cell 1: its first line is no JSON object: {\"id\":}")]
    public void Parse_BrokenText_SaysWhereAndWhat(NotebookFormat format, string text, string code, string message)
    {
        var refusal = Should.Throw<NotebookException>(() => Notebook.Parse(text, format, "nb"));

        (refusal.Code, refusal.Message).ShouldBe((code, message));
    }

    [Fact]
    public void Of_AnotherEnding_NamesThoseThatAreRead() =>
        Should.Throw<NotebookException>(() => NotebookFormats.Of("a.txt")).Message.ShouldBe("a.txt ends in '.txt'; notebooks end in .ipynb, .dib, .csx or .cs.");
}
