using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Node.Settings;

/// <summary>A value in <c>node.json</c> that knows where it stands, so that whatever is wrong with it can be said in one sentence.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Path">Such as <c>miner.yield.command</c>; empty for the whole file.</param>
internal readonly record struct SettingsValue(string File, string Path, JsonElement Json)
{
    /// <summary>The value of a name in this object; null when it is not there.</summary>
    public SettingsValue? Find(string name) => Json.TryGetProperty(name, out var value) ? new(File, Path.Length == 0 ? name : $"{Path}.{name}", value) : null;

    public SettingsValue Get(string name) => Find(name) ?? throw Wrong($"has no {name}, which it needs");

    /// <summary>Checks that this is an object with no other names than these.</summary>
    public SettingsValue Object(params string[] names)
    {
        if (Json.ValueKind != JsonValueKind.Object)
        {
            throw Expected($"an object with {string.Join(", ", names)}");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in Json.EnumerateObject())
        {
            if (!names.Contains(property.Name, StringComparer.Ordinal))
            {
                throw Wrong($"has '{Clip(property.Name)}', which means nothing here; expected {string.Join(", ", names)}");
            }

            if (!seen.Add(property.Name))
            {
                throw Wrong($"has {property.Name} twice");
            }
        }

        return this;
    }

    public IReadOnlyList<SettingsValue> Items(int most)
    {
        if (Json.ValueKind != JsonValueKind.Array || Json.GetArrayLength() > most)
        {
            throw Expected($"a list of at most {most}");
        }

        var (file, path) = (File, Path);
        return [.. Json.EnumerateArray().Select((item, i) => new SettingsValue(file, $"{path}[{i}]", item))];
    }

    public string Text(string what) => Json.ValueKind == JsonValueKind.String && Json.GetString() is { Length: > 0 } text ? text : throw Expected(what);

    public int Whole(int least, int most) => (int)Whole((long)least, most);

    public long Whole(long least, long most) =>
        Json.ValueKind == JsonValueKind.Number && Json.TryGetInt64(out var number) && number >= least && number <= most ? number : throw Expected($"a whole number from {least} to {most}");

    public TimeSpan Seconds(int least, int most) => TimeSpan.FromSeconds(Whole(least, most));

    /// <summary>NTK, zero or more, as a string such as <c>"0.8"</c>.</summary>
    public Ntk Amount() =>
        Json.ValueKind == JsonValueKind.String && Ntk.TryParse(Json.GetString(), null, out var amount) && amount >= Ntk.Zero && amount <= Ntk.Supply
            ? amount
            : throw Expected("NTK in quotes, zero or more, such as \"0.8\"");

    /// <summary>A command: a list of words, or one string that is split into words.</summary>
    public IReadOnlyList<string> Command()
    {
        const string What = "a command: \"program -a b\" or [\"program\", \"-a\", \"b\"]";
        try
        {
            IReadOnlyList<string> words = Json.ValueKind == JsonValueKind.Array ? [.. Items(1000).Select(item => item.Json.ValueKind == JsonValueKind.String ? item.Json.GetString()! : throw item.Expected("text"))] : CommandWords.Split(Text(What));
            return words.Count > 0 && words[0].Length > 0 && !words.Any(word => word.Contains('\0')) ? words : throw Expected(What);
        }
        catch (FormatException wrong)
        {
            throw Expected($"{What}, but {wrong.Message}");
        }
    }

    public NeuroException Expected(string what) => Wrong($"is {Clip(Json.GetRawText())}; expected {what}");

    public NeuroException Wrong(string what) => new("node.bad_settings", $"{File}: {(Path.Length == 0 ? "it" : Path)} {what}.");

    private static string Clip(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
