using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Interactive.Magics;

namespace Neuro.Interactive.DotNetInteractive;

/// <summary>The neuro magics for a notebook of .NET Interactive: what its extension script needs, without a reference to its packages.</summary>
/// <param name="kernel">Its C# kernel, known by the names of its members.</param>
/// <remarks>The general magics are left out: that program has its own.</remarks>
public sealed class ForeignMagics(object kernel)
{
    private const string Help = "help";

    private readonly MagicCatalogue catalogue = new(NeuroMagics.All(new NeuroSession()));
    private readonly ForeignVariables variables = new(kernel);

    public IEnumerable<Magic> Magics => catalogue.Magics.Where(magic => magic.Name.StartsWith("neuro-", StringComparison.Ordinal));

    /// <summary>A magic's parameters as directives have them. None is required there: this catalogue says better what is missing.</summary>
    public IEnumerable<ForeignParameter> ParametersOf(Magic magic) =>
    [
        .. magic.Parameters.Select((parameter, i) =>
            new ForeignParameter(parameter.Name, parameter.Help, parameter.IsFlag, i == 0 && !parameter.IsFlag, () => MagicCompleter.Known(parameter))),
        new(Help, "Explains the magic and does nothing.", true, false, () => []),
    ];

    /// <summary>Runs a magic.</summary>
    /// <param name="invoked">Its name as written, <c>#!neuro-balance</c>.</param>
    /// <param name="given">Arguments by the parameters' names in camel case: texts, and true for flags. Others are passed over.</param>
    /// <param name="display">Shows a value; answers with what puts another in its place.</param>
    /// <returns>Null, or what was wrong and what to do.</returns>
    public async Task<string?> RunAsync(
        string invoked, IEnumerable<KeyValuePair<string, JsonElement>> given, Func<object, Action<object>> display, CancellationToken cancel)
    {
        try
        {
            await catalogue.RunAsync(Line(catalogue.Find(invoked), given), MagicBody.None, new ForeignHost(variables, display, cancel));
            return null;
        }
        catch (Exception problem) when (problem is MagicException or NeuroException)
        {
            return $"{problem.Message} ({(problem as MagicException)?.Code ?? ((NeuroException)problem).Code})";
        }
    }

    /// <summary>The arguments as the catalogue reads them.</summary>
    /// <remarks>That program turns an @name into text before a magic sees it, so a variable is given by its bare name where an object is wanted.</remarks>
    internal string Line(Magic magic, IEnumerable<KeyValuePair<string, JsonElement>> given)
    {
        var words = new List<string> { $"#!{magic.Name}" };
        foreach (var (name, value) in given)
        {
            if (name == Help && value.ValueKind == JsonValueKind.True)
            {
                words.Add("--help");
            }
            else if (magic.Parameters.FirstOrDefault(parameter => Camel(parameter.Name) == name) is { } parameter
                && value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null))
            {
                words.Add($"--{parameter.Name}");
                if (!parameter.IsFlag)
                {
                    words.Add(Word(parameter, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()));
                }
            }
        }

        return string.Join(' ', words);
    }

    private string Word(Parameter parameter, string text)
    {
        var name = text.TrimStart('@');
        return parameter.TakesObjects && variables.TryGet(name, out _) ? "@" + name : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
    }

    private static string Camel(string name)
    {
        var parts = name.Split('-');
        return parts[0] + string.Concat(parts[1..].Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }
}

/// <summary>A parameter of a magic as a directive has it.</summary>
/// <param name="MayBeUnnamed">Only the first: with two, that program loses one.</param>
public sealed record ForeignParameter(string Name, string Help, bool IsFlag, bool MayBeUnnamed, Func<IEnumerable<string>> Completions);
