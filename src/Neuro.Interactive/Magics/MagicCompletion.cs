namespace Neuro.Interactive.Magics;

/// <summary>What may stand in a magic's line in the place of the text from <paramref name="Start"/> to its cursor.</summary>
public sealed record MagicCompletions(int Start, IReadOnlyList<MagicCompletion> Items)
{
    /// <summary>Files and folders that a path may go on with; a folder ends in a slash.</summary>
    public static IReadOnlyList<MagicCompletion> Files(string path)
    {
        var folder = path[..(path.LastIndexOf('/') + 1)];
        try
        {
            return
            [
                .. new DirectoryInfo(Path.GetFullPath(folder.Length == 0 ? "." : folder)).EnumerateFileSystemInfos()
                    .Where(entry => !entry.Name.StartsWith('.'))
                    .Take(1000)
                    .Select(entry => new MagicCompletion(folder + entry.Name + (entry is DirectoryInfo ? "/" : ""), "file", null))
                    .Where(entry => entry.Text.StartsWith(path, StringComparison.OrdinalIgnoreCase))
                    .OrderBy(entry => entry.Text, StringComparer.Ordinal),
            ];
        }
        catch (Exception nothing) when (nothing is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}

/// <summary>One of them: a <c>magic</c>, <c>parameter</c>, <c>value</c>, <c>variable</c> or <c>file</c>, and what it is for.</summary>
public sealed record MagicCompletion(string Text, string Kind, string? Help);

/// <summary>Completes the line of a magic from the catalogue.</summary>
internal static class MagicCompleter
{
    public static MagicCompletions Complete(string line, int cursor, IReadOnlyCollection<Magic> magics, IEnumerable<string> variables)
    {
        var before = line[..cursor];
        var start = before.LastIndexOfAny([' ', '\t', '=']) + 1;
        var word = before[start..];
        if (before.TrimStart().IndexOfAny([' ', '\t']) < 0)
        {
            return new(before.Length - before.TrimStart().Length, Starting(before.Trim(), magics.Select(known => new MagicCompletion($"#!{known.Name}", "magic", known.Help))));
        }

        var written = before.TrimStart()[2..].Split([' ', '\t'])[0];
        if (magics.FirstOrDefault(known => known.Name.Equals(written, StringComparison.OrdinalIgnoreCase)) is not { } magic)
        {
            return new(start, []);
        }

        if (word.StartsWith('@'))
        {
            return new(start, Starting(word, variables.Select(name => new MagicCompletion("@" + name, "variable", null)).Append(new("@input:", "value", "Asks for it."))));
        }

        var parameters = magic.Parameters.Where(parameter => !before.Contains($"--{parameter.Name} ", StringComparison.OrdinalIgnoreCase))
            .Select(parameter => new MagicCompletion($"--{parameter.Name}", "parameter", parameter.Help));
        var values = (Expected(magic, before[..start]) is { } expected ? Values(expected, word) : []).ToList();
        return new(start, Starting(word, word.StartsWith('-') ? parameters : values.Concat(parameters)));
    }

    /// <summary>The parameter that the next value fills: the one named last, else the first that a value without a name can fill.</summary>
    private static Parameter? Expected(Magic magic, string before)
    {
        var words = before.Split([' ', '\t', '='], StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
        if (words.LastOrDefault() is { } last && last.StartsWith("--", StringComparison.Ordinal)
            && magic.Parameters.FirstOrDefault(parameter => last[2..].Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)) is { IsFlag: false } named)
        {
            return named;
        }

        return magic.Parameters.FirstOrDefault(parameter => !parameter.IsFlag && !words.Contains($"--{parameter.Name}", StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The values that are known for a parameter, whatever is typed.</summary>
    public static IEnumerable<string> Known(Parameter parameter) => Values(parameter, "").Select(value => value.Text);

    private static IEnumerable<MagicCompletion> Values(Parameter parameter, string word)
    {
        var type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        return parameter.IsFile ? MagicCompletions.Files(word)
            : parameter.Completions is { } known ? known().Select(value => new MagicCompletion(value.Contains(' ') ? $"\"{value}\"" : value, "value", parameter.Help))
            : type.IsEnum ? Enum.GetNames(type).Select(value => new MagicCompletion(value.ToLowerInvariant(), "value", parameter.Help))
            : type == typeof(bool) ? [new("true", "value", parameter.Help), new("false", "value", parameter.Help)]
            : [];
    }

    private static List<MagicCompletion> Starting(string typed, IEnumerable<MagicCompletion> all) =>
        [.. all.Where(item => item.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))];
}
