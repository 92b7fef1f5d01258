using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Tests.Documents;

public sealed class NotebookTests
{
    /// <summary>Written by another program: members, mime types and an output that ours knows nothing of.</summary>
    private const string Foreign = """
        {
         "cells": [
          {
           "attachments": {
            "a.png": {
             "image/png": "iVBORw0KGgo="
            }
           },
           "cell_type": "markdown",
           "id": "intro",
           "metadata": {
            "tags": [
             "x"
            ],
            "future": 1.50
           },
           "source": [
            "# Grüße 😀 <b>\n",
            "![a](attachment:a.png)"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 3,
           "id": "c1",
           "metadata": {},
           "outputs": [
            {
             "data": {
              "application/vnd.foreign+json": {
               "deep": [
                1,
                null,
                "é"
               ]
              },
              "text/plain": [
               "2"
              ]
             },
             "execution_count": 3,
             "metadata": {
              "needs_background": "light"
             },
             "output_type": "execute_result"
            },
            {
             "name": "stdout",
             "output_type": "stream",
             "text": "one\ntwo\n"
            }
           ],
           "source": "1+1"
          },
          {
           "cell_type": "raw",
           "id": "r",
           "metadata": {},
           "source": []
          }
         ],
         "metadata": {
          "widgets": {
           "big": 12345678901234567890
          }
         },
         "nbformat": 4,
         "nbformat_minor": 5,
         "unknown": true
        }

        """;

    [Fact]
    public void ToJson_OfParsed_IsTheSameText() => Notebook.Parse(Foreign).ToJson().ShouldBe(Foreign);

    [Fact]
    public void Parse_Cells_ReadsKindSourceAndTags()
    {
        var notebook = Notebook.Parse(Foreign);

        notebook.Cells.Select(cell => cell.Kind).ShouldBe([CellKind.Markdown, CellKind.Code, CellKind.Raw]);
        notebook.Cells[0].Source.ShouldBe("# Grüße 😀 <b>\n![a](attachment:a.png)");
        notebook.Cells[0].Tags.ShouldBe(["x"]);
        (notebook.Cells[1].ExecutionCount, notebook.Cells[1].Outputs.Count).ShouldBe((3, 2));
    }

    [Fact]
    public void Source_OfAnyText_ComesBackThroughAFile()
    {
        Gen.String.Array[0, 5].Sample(sources =>
        {
            var valid = sources.Select(source => new string([.. source.Where(letter => !char.IsSurrogate(letter))]) + "\\\\uD83D😀😀").ToList();
            var notebook = new Notebook();
            valid.ForEach(source => notebook.Add(CellKind.Code, source));

            Notebook.Parse(notebook.ToJson()).Cells.Select(cell => cell.Source).ShouldBe(valid);
        });
    }

    [Fact]
    public void ToJson_OfANewNotebook_LooksAsReviewed()
    {
        var notebook = new Notebook();
        notebook.Add(CellKind.Markdown, "# Title\n\nText.");
        notebook.Add(CellKind.Code, "var x = 1;\nx");

        Snapshot.Match(notebook.ToJson(), "json");
    }

    [Fact]
    public void Parse_WithoutIds_MakesTheSameOnesEachTimeAndDeclaresThem()
    {
        var old = """{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[{"cell_type":"raw","metadata":{},"source":"a"},{"cell_type":"raw","metadata":{},"source":"a"}]}""";

        var (first, second) = (Notebook.Parse(old), Notebook.Parse(old));

        first.Cells.Select(cell => cell.Id).ShouldBeUnique();
        first.Cells.Select(cell => cell.Id).ShouldBe(second.Cells.Select(cell => cell.Id));
        first.Cells.ShouldAllBe(cell => cell.Id.Length == 8);
        ((int)JsonNode.Parse(first.ToJson())!["nbformat_minor"]!).ShouldBe(5);
    }

    [Fact]
    public void Parse_DoubledId_KeepsTheFirstAndRenamesTheSecond()
    {
        var notebook = Notebook.Parse("""{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"raw","id":"a","metadata":{},"source":""},{"cell_type":"raw","id":"a","metadata":{},"source":""}]}""");

        notebook.Cells[0].Id.ShouldBe("a");
        notebook.Cells[1].Id.ShouldNotBe("a");
    }

    [Theory]
    [InlineData("[]", "notebook.unsupported", "nb: the file is a list; a notebook is an object with cells.")]
    [InlineData("""{"nbformat":3}""", "notebook.unsupported", "nb: nbformat is 3; this program reads format 4. `jupyter nbconvert --to notebook --nbformat 4` converts it.")]
    [InlineData("""{"nbformat":5}""", "notebook.unsupported", "nb: nbformat is 5; this program reads format 4. `jupyter nbconvert --to notebook --nbformat 4` converts it.")]
    [InlineData("""{"nbformat":4,"cells":{}}""", "notebook.unsupported", "nb: cells is an object; expected a list.")]
    [InlineData("""{"nbformat":4,"nbformat_minor":"x","cells":[]}""", "notebook.unsupported", "nb: nbformat_minor is \"x\"; expected a whole number.")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"raw","source":""},7]}""", "notebook.broken_cell", "nb: cell 2: it is a number; expected an object.")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"heading","source":""}]}""", "notebook.broken_cell", "nb: cell 1: cell_type is \"heading\"; expected code, markdown or raw.")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"code","source":["a",1]}]}""", "notebook.broken_cell", "nb: cell 1: source is a list; expected text or a list of lines.")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"code","source":"","outputs":[{"output_type":"stream"}]}]}""", "notebook.broken_cell", "nb: cell 1: output 1: its text is missing; that is no output of format 4.")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"code","source":"","execution_count":"1"}]}""", "notebook.broken_cell", "nb: cell 1: execution_count is \"1\"; expected a whole number or null.")]
    public void Parse_BrokenNotebook_SaysWhichCellAndWhat(string json, string code, string message)
    {
        var refusal = Should.Throw<NotebookException>(() => Notebook.Parse(json, "nb"));

        (refusal.Code, refusal.Message).ShouldBe((code, message));
    }

    [Fact]
    public void Parse_JsonThatBreaksInACell_SaysWhichCellAndLine()
    {
        var refusal = Should.Throw<NotebookException>(() => Notebook.Parse("{\"nbformat\":4,\n\"cells\":[\n{\"cell_type\":\"raw\",\"source\":\"\"},\n{\"cell_type\":\"code\",,}]}", "nb"));

        refusal.Code.ShouldBe("notebook.not_json");
        refusal.Message.ShouldStartWith("nb: in cell 2: not JSON at line 4: ");
    }

    [Fact]
    public void Parse_HalfASurrogatePair_SaysWhichCell() =>
        Should.Throw<NotebookException>(() => Notebook.Parse("{\"nbformat\":4,\"cells\":[{\"cell_type\":\"raw\",\"source\":\"\\ud83d\"}]}", "nb")).Message
            .ShouldBe("nb: in cell 1: a text holds half a surrogate pair (\\uD800 to \\uDFFF alone), which is no character.");

    [Fact]
    public void Parse_AnyDamage_IsRefusedWithACodeOrRead()
    {
        Gen.Select(Gen.Int[0, Foreign.Length - 1], Gen.Char[' ', '~']).Sample((at, letter) =>
        {
            var damaged = Foreign[..at] + letter + Foreign[(at + 1)..];
            try
            {
                Notebook.Parse(damaged).ToJson().ShouldNotBeEmpty();
            }
            catch (NotebookException refusal)
            {
                refusal.Code.ShouldStartWith("notebook.");
            }
        });
    }

    [Fact]
    public void Read_MissingFile_SaysSo() =>
        Should.Throw<NotebookException>(() => Notebook.Read("nowhere.ipynb")).Message.ShouldBe("There is no notebook nowhere.ipynb.");

    [Fact]
    public void Read_FileOverTheLimit_SaysHowLargeItMayBe()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path))
            {
                file.SetLength(201L * 1024 * 1024);
            }

            Should.Throw<NotebookException>(() => Notebook.Read(path)).Code.ShouldBe("notebook.too_large");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Write_OverAFile_ReplacesItWhole()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-notebook-");
        try
        {
            var path = Path.Combine(folder.FullName, "n.ipynb");
            File.WriteAllText(path, "old");

            Notebook.Parse(Foreign).Write(path);

            folder.GetFiles().ShouldHaveSingleItem();
            Notebook.Read(path).ToJson().ShouldBe(Foreign);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Cells_OfAReport_HoldTextAttachmentsAndOutputs()
    {
        var report = NotebookReport.Cells(Notebook.Parse(Foreign));

        Snapshot.Match(JsonSerializer.Serialize<object>(report.Select(cell => cell switch
        {
            Neuro.Interactive.Reports.ReportText text => (object)text.Markdown,
            Neuro.Interactive.Reports.ReportCode code => new { code.Label, code.Source, Outputs = code.Outputs.Select(output => new { Kind = output.Kind.ToString(), output.Bundle }) },
            _ => "?",
        }), new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }), "json");
        NotebookReport.Title(Notebook.Parse(Foreign), "x").ShouldBe("Grüße 😀 <b>");
    }
}
