using System.Text;

namespace Neuro.Learning.Evaluation;

/// <summary>One line of comma-separated values with quotes (RFC 4180; no line breaks inside quotes).</summary>
public static class Csv
{
    /// <summary>A field as it is written: in quotation marks where it holds a comma, a quotation mark or a line break. A name that a spreadsheet would take for a formula is its own affair.</summary>
    public static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    internal static string[] Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return [.. fields];
    }
}
