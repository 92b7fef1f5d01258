using System.Text.Json;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>A place in a stranger's JSON: what is asked of it is there and in its range, or the error says where it is not.</summary>
internal readonly record struct JsonItem(JsonElement Element, string File, string Place)
{
    private const double Huge = float.MaxValue;

    public JsonItem this[string name] => Optional(name) ?? throw Wrong($"has no '{name}'");

    public JsonItem? Optional(string name) =>
        Element.ValueKind != JsonValueKind.Object ? throw Wrong("is no object")
        : Element.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? new JsonItem(found, File, $"{Place}.{name}")
        : null;

    public IEnumerable<JsonItem> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("is no list");
        }

        var at = 0;
        foreach (var item in Element.EnumerateArray())
        {
            yield return new JsonItem(item, File, $"{Place}[{at++}]");
        }
    }

    public double Number(double least = -Huge, double most = Huge) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Wrong($"is {Shown()}; expected a number from {least} to {most}");

    public double[] Numbers(int count)
    {
        var numbers = Numbers();
        return numbers.Length == count ? numbers : throw Wrong($"has {numbers.Length} numbers; expected {count}");
    }

    public double[] Numbers() => [.. Items().Select(item => item.Number())];

    public long Whole(long least, long most) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Wrong($"is {Shown()}; expected a whole number from {least} to {most}");

    /// <summary>A side of a picture in pixels.</summary>
    public int Side() => (int)Whole(1, Codec.MaxEdge);

    public string Text(int longest = 1024) =>
        Element.ValueKind == JsonValueKind.String && Element.GetString() is { } text && text.Length <= longest
            ? text
            : throw Wrong($"is {Shown()}; expected text of at most {longest} characters");

    public ExchangeException Wrong(string what) => new("import.malformed", $"{File}: {Place} {what}.");

    private string Shown()
    {
        const int Longest = 40;
        var text = Element.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Element.ValueKind.ToString() : Element.GetRawText();
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }
}
