using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neuro.Notebooks.Documents;

/// <summary>A notebook: as Jupyter's .ipynb (nbformat 4), or as text in one of the other <see cref="NotebookFormat"/>s.</summary>
/// <remarks>A typed view over JSON as .ipynb has it: what it does not know it leaves as it is, so reading and writing loses nothing; the text formats keep all but the outputs.</remarks>
public sealed partial class Notebook
{
    private const int MinorWithIds = 5;

    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject root;
    private readonly List<NotebookCell> cells;

    internal Notebook(JsonObject root, IEnumerable<NotebookCell> cells)
    {
        this.root = root;
        this.cells = [.. cells];
        GiveIds();
    }

    /// <summary>An empty C# notebook.</summary>
    public Notebook()
        : this(NotebookReader.Empty(), [])
    {
    }

    public IReadOnlyList<NotebookCell> Cells => cells;

    internal JsonObject Root => root;

    public JsonObject Metadata => root["metadata"] as JsonObject ?? Put("metadata", []);

    /// <summary>Reads a file of at most 200 MB in the format that its name says.</summary>
    /// <exception cref="NotebookException">The file is missing, too large, of no such format, or has a broken cell: the message says which.</exception>
    public static Notebook Read(string path) => NotebookReader.Read(path);

    /// <summary>Reads the text of a file; <paramref name="name"/> is what errors call it.</summary>
    public static Notebook Parse(string json, string name = "notebook") => NotebookReader.Parse(Encoding.UTF8.GetBytes(json), name);

    public static Notebook Parse(string text, NotebookFormat format, string name = "notebook") => format switch
    {
        NotebookFormat.Ipynb => Parse(text, name),
        NotebookFormat.Dib => DibFormat.Read(text, name),
        _ => new ScriptFormat(format == NotebookFormat.Cs).Read(text, name),
    };

    public NotebookCell Add(CellKind kind, string source)
    {
        var cell = Make(kind, source);
        Insert(cells.Count, cell);
        return cell;
    }

    public NotebookCell Insert(int index, CellKind kind, string source)
    {
        var cell = Make(kind, source);
        Insert(index, cell);
        return cell;
    }

    public void RemoveAt(int index)
    {
        cells.RemoveAt(index);
        root["cells"]!.AsArray().RemoveAt(index);
    }

    /// <summary>The file's text as Jupyter writes it: one space of indent, one line of source a line.</summary>
    public string ToJson() => Surrogates().Replace(root.ToJsonString(Written), pair => pair.Groups[1].Value + (char)Hex(pair.Groups[2].Value) + (char)Hex(pair.Groups[3].Value)) + "\n";

    /// <summary>The file's text; outputs only where the format has them (<see cref="NotebookFormats.KeepsOutputs"/>).</summary>
    public string ToText(NotebookFormat format) => format switch
    {
        NotebookFormat.Ipynb => ToJson(),
        NotebookFormat.Dib => DibFormat.Write(this),
        _ => new ScriptFormat(format == NotebookFormat.Cs).Write(this),
    };

    /// <summary>Writes the file in the format that its name says, whole or not at all: to a temporary name beside it, then renamed.</summary>
    /// <exception cref="NotebookException"><c>notebook.unsupported</c>: the name ends in none of the formats.</exception>
    public void Write(string path)
    {
        var (text, temporary) = (ToText(NotebookFormats.Of(path)), path + ".part");
        try
        {
            File.WriteAllText(temporary, text, new UTF8Encoding(false));
            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>.NET's most relaxed encoder still escapes what lies beyond 16 bits; Jupyter does not, and a file should not change by being read.</summary>
    [GeneratedRegex(@"(?<!\\)((?:\\\\)*)\\u(D[89AB][0-9A-F]{2})\\u(D[C-F][0-9A-F]{2})")]
    private static partial Regex Surrogates();

    private NotebookCell Make(CellKind kind, string source)
    {
        var cell = NotebookCell.Create(kind, source);
        cell.Id = NewId(cell, cells.Count, [.. cells.Select(other => other.Id)]);
        return cell;
    }

    private void Insert(int index, NotebookCell cell)
    {
        cells.Insert(index, cell);
        root["cells"]!.AsArray().Insert(index, cell.Node);
    }

    /// <summary>Ids are kept; a missing or doubled one is made from the cell's place and source, so that the same file gets the same ids.</summary>
    private void GiveIds()
    {
        var taken = new HashSet<string>();
        var made = false;
        for (var i = 0; i < cells.Count; i++)
        {
            if (cells[i].Id.Length == 0 || !taken.Add(cells[i].Id))
            {
                cells[i].Id = NewId(cells[i], i, taken);
                taken.Add(cells[i].Id);
                made = true;
            }
        }

        if (made && (int?)root["nbformat_minor"] is null or < MinorWithIds)
        {
            root["nbformat_minor"] = MinorWithIds;
        }
    }

    private static string NewId(NotebookCell cell, int place, HashSet<string> taken)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (IdOf(cell.Source, place, attempt) is var id && !taken.Contains(id))
            {
                return id;
            }
        }
    }

    /// <summary>The id that a cell gets which has none: of its place and source.</summary>
    internal static string IdOf(string source, int place, int attempt = 0) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{place} {attempt} {source}")).AsSpan(0, 4));

    private JsonObject Put(string name, JsonObject value)
    {
        root[name] = value;
        return value;
    }
}
