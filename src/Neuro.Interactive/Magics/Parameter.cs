namespace Neuro.Interactive.Magics;

/// <summary>One parameter of a magic, whatever its type.</summary>
public abstract class Parameter(string name, string help, Type type)
{
    /// <summary>The name without its prefix: <c>max-price</c> is written <c>--max-price</c>.</summary>
    public string Name { get; } = name;

    /// <summary>One sentence.</summary>
    public string Help { get; } = help;

    public Type Type { get; } = type;

    public bool IsRequired { get; init; }

    public bool IsFlag { get; init; }

    /// <summary>True when the value is the path of a file.</summary>
    public bool IsFile { get; init; }

    /// <summary>The values to offer while somebody types; null when there is no list.</summary>
    public Func<IEnumerable<string>>? Completions { get; init; }

    internal abstract object? DefaultValue { get; }

    /// <summary>True when objects of variables fit that no text can give.</summary>
    internal bool TakesObjects => Type == typeof(object) || !ParameterValue.IsWritten(Type);

    /// <summary>How the parameter looks in the line of a magic; brackets say that it may be left out.</summary>
    internal string Usage => IsFlag ? $"[--{Name}]" : IsRequired ? $"--{Name} VALUE" : $"[--{Name} VALUE]";
}

/// <summary>One parameter of a magic.</summary>
/// <typeparam name="T">string, a number, bool, an enum, anything with a static <c>Parse</c>, or any type whose objects come in as <c>@variable</c>.</typeparam>
public sealed class Parameter<T>(string name, string help) : Parameter(name, help, typeof(T))
{
    public T? Default { get; init; }

    internal override object? DefaultValue => Default;
}
