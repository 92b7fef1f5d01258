using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics.General;

namespace Neuro.Interactive.Magics;

/// <summary>All magics of a host: the general ones and those it was built with.</summary>
public sealed class MagicCatalogue
{
    private readonly SortedDictionary<string, Magic> byName = new(StringComparer.OrdinalIgnoreCase);

    public MagicCatalogue(params IEnumerable<Magic> magics)
    {
        Magic[] general =
        [
            new ListMagic(this), new TimeMagic(TimeProvider.System), new WhoMagic(), new WhosMagic(), new CSharpMagic(), new MarkdownMagic(), new HtmlMagic(), new MermaidMagic(),
            new ImportMagic(), new SetMagic(), new ValueMagic(),
        ];
        foreach (var magic in magics.Concat(general))
        {
            byName.Add(magic.Name, magic);
        }
    }

    /// <summary>Ordered by name.</summary>
    public IReadOnlyCollection<Magic> Magics => byName.Values;

    /// <summary>True for a line that is a magic, not C#: <c>#!</c> and a letter.</summary>
    public static bool IsMagic(string line)
    {
        var text = line.AsSpan().TrimStart();
        return text.Length > 2 && text.StartsWith("#!") && char.IsLetter(text[2]);
    }

    /// <summary>The magic that a line names.</summary>
    /// <exception cref="MagicException">There is none; the message has the nearest names.</exception>
    public Magic Find(string line)
    {
        var name = Split(line).Name;
        return byName.GetValueOrDefault(name) ?? throw new MagicException(
            "magic.unknown",
            $"There is no magic #!{name}.{MagicSpelling.Suggest(name, byName.Keys, "#!")}\n#!lsmagic lists them all; #!NAME --help explains one.");
    }

    /// <summary>Runs one line (<c>#!name value --parameter value</c>) with the lines of the cell that belong to it.</summary>
    /// <exception cref="MagicException">No such magic, parameter or variable, or a value it cannot take.</exception>
    public async Task RunAsync(string line, MagicBody body, IMagicHost host)
    {
        var magic = Find(line);
        var words = ArgumentsWord.Split(Split(line).Given).ToList();
        if (words.Any(word => word is { IsName: true, Text: "help" }))
        {
            host.Display(HelpOf(magic));
            return;
        }

        for (var i = 0; i < words.Count; i++)
        {
            if (words[i].IsInput)
            {
                words[i] = new(await host.AskAsync(words[i].Text) ?? throw new MagicException("magic.no_input", $"Nobody answered '{words[i].Text}'."));
            }
        }

        await magic.RunAsync(Arguments.Parse(magic, words, host.TryGetVariable, body), host);
    }

    /// <summary>What may stand at the cursor of a magic's line: names, parameters, values, variables and files.</summary>
    public MagicCompletions Complete(string line, int cursor, IEnumerable<string> variables) => MagicCompleter.Complete(line, cursor, Magics, variables);

    /// <summary>What <c>--help</c> shows of the magic that a line names; null when there is none.</summary>
    public MimeBundle? Explain(string line) => byName.GetValueOrDefault(Split(line).Name) is { } magic ? HelpOf(magic) : null;

    private static (string Name, string Given) Split(string line)
    {
        var text = line.Trim()[2..];
        var end = text.AsSpan().IndexOfAny(" \t");
        return end < 0 ? (text, "") : (text[..end], text[end..]);
    }

    private static MimeBundle HelpOf(Magic magic)
    {
        var width = magic.Parameters.Select(parameter => parameter.Name.Length).DefaultIfEmpty().Max();
        var lines = magic.Parameters.Select(parameter => $"  --{parameter.Name.PadRight(width)}  {parameter.Help}{Default(parameter)}");
        var rows = magic.Parameters.Select(parameter => new object?[] { $"--{parameter.Name}", parameter.Help + Default(parameter) });
        return new(
            string.Join('\n', lines.Prepend(magic.Help).Prepend(magic.Usage)),
            (MimeTypes.Html, HtmlParts.Card(magic.Usage, Html.Of($"<p>{magic.Help}</p>"), HtmlParts.Table("Parameters", ["name", "meaning"], rows)).ToString()));
    }

    private static string Default(Parameter parameter) => parameter switch
    {
        { IsRequired: true } => " Must be given.",
        { IsFlag: false, DefaultValue: { } value } => $" {FormatterFallback.Line(value)} if left out.",
        _ => "",
    };
}
