namespace Neuro.Interactive.Magics;

/// <summary>What a magic was given: a value for each of its parameters, and the lines of the cell that are its own.</summary>
public sealed class Arguments
{
    private readonly Dictionary<Parameter, object?> values = [];

    private Arguments(MagicBody body) => Body = body;

    public MagicBody Body { get; }

    /// <summary>The value given, or the parameter's own when it was left out.</summary>
    public T Get<T>(Parameter<T> parameter) => (T)(values.TryGetValue(parameter, out var given) ? given : parameter.DefaultValue)!;

    /// <summary>True when the parameter was written, not left out.</summary>
    public bool Has(Parameter parameter) => values.ContainsKey(parameter);

    /// <summary>Reads <c>value --parameter value --flag @variable</c>.</summary>
    /// <param name="variable">The value of a variable of the session by its name; false when there is none.</param>
    /// <exception cref="MagicException">Unknown parameter, wrong or missing value, broken quotes.</exception>
    internal static Arguments Parse(Magic magic, IEnumerable<ArgumentsWord> written, TryGet variable, MagicBody body)
    {
        var given = new Arguments(body);
        var words = new Queue<ArgumentsWord>(written);
        while (words.TryDequeue(out var word))
        {
            var parameter = word.IsName ? Named(magic, word.Text) : NextUnnamed(magic, given, word.Text);
            if (given.Has(parameter))
            {
                throw new MagicException("magic.syntax", $"--{parameter.Name} is given twice.\n{magic.Usage}");
            }

            given.values[parameter] = (word.IsName, parameter.IsFlag) switch
            {
                (true, true) => true,
                (true, false) => Value(magic, parameter, words, variable),
                _ => Read(parameter, word, variable),
            };
        }

        return magic.Parameters.FirstOrDefault(parameter => parameter.IsRequired && !given.Has(parameter)) is { } missing
            ? throw new MagicException("magic.missing_value", $"#!{magic.Name} needs --{missing.Name}: {missing.Help}\n{magic.Usage}")
            : given;
    }

    internal delegate bool TryGet(string name, out object? value);

    private static Parameter Named(Magic magic, string name) =>
        magic.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new MagicException(
            "magic.unknown_parameter",
            $"#!{magic.Name} has no parameter --{name}.{MagicSpelling.Suggest(name, magic.Parameters.Select(parameter => parameter.Name), "--")}\n{magic.Usage}");

    private static Parameter NextUnnamed(Magic magic, Arguments given, string value) =>
        magic.Parameters.FirstOrDefault(parameter => !parameter.IsFlag && !given.Has(parameter))
        ?? throw new MagicException("magic.syntax", $"'{value}' is one value too many for #!{magic.Name}.\n{magic.Usage}");

    private static object? Value(Magic magic, Parameter parameter, Queue<ArgumentsWord> words, TryGet variable) =>
        words.TryPeek(out var next) && !next.IsName
            ? Read(parameter, words.Dequeue(), variable)
            : throw new MagicException("magic.missing_value", $"--{parameter.Name} needs a value: {parameter.Help}\n{magic.Usage}");

    private static object? Read(Parameter parameter, ArgumentsWord word, TryGet variable)
    {
        if (!word.IsVariable)
        {
            return ParameterValue.Parse(parameter, word.Text);
        }

        return variable(word.Text, out var value)
            ? ParameterValue.Convert(parameter, word.Text, value)
            : throw new MagicException("magic.unknown_variable", $"@{word.Text} for --{parameter.Name}: there is no variable {word.Text} in this session. A text that starts with @ goes in quotes.");
    }
}
