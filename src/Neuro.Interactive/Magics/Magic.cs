using System.Reflection;

namespace Neuro.Interactive.Magics;

/// <summary>How much of the cell belongs to a magic, besides its own line.</summary>
public enum MagicScope
{
    Line,

    /// <summary>The lines up to the next magic: they are not C#.</summary>
    UntilNextMagic,

    /// <summary>All the rest of the cell, magics in it included.</summary>
    RestOfCell,
}

/// <summary>A command that stands in a cell as <c>#!name value --parameter value --flag</c>.</summary>
/// <remarks>A magic's parameters are its fields of type <see cref="Parameter{T}"/>, in the order declared; values without a name fill them in that order.</remarks>
public abstract class Magic(string name, string help)
{
    /// <summary>The name without its prefix: <c>neuro-balance</c>.</summary>
    public string Name { get; } = name;

    /// <summary>One sentence.</summary>
    public string Help { get; } = help;

    public virtual MagicScope Scope => MagicScope.Line;

    public IReadOnlyList<Parameter> Parameters => field ??= Declared();

    /// <summary>The one line that says how the magic is written.</summary>
    public string Usage => string.Join(' ', Parameters.Select(parameter => parameter.Usage).Prepend($"#!{Name}"));

    public abstract Task RunAsync(Arguments given, IMagicHost host);

    /// <summary>A parameter that must be given.</summary>
    protected static Parameter<T> Required<T>(string name, string help, Func<IEnumerable<string>>? complete = null) =>
        new(name, help) { IsRequired = true, Completions = complete };

    /// <summary>A parameter that is null when it is left out.</summary>
    protected static Parameter<T?> Optional<T>(string name, string help, Func<IEnumerable<string>>? complete = null) =>
        new(name, help) { Completions = complete };

    /// <summary>A parameter with a value of its own when it is left out.</summary>
    protected static Parameter<T> Optional<T>(string name, string help, T fallback, Func<IEnumerable<string>>? complete = null) =>
        new(name, help) { Default = fallback, Completions = complete };

    /// <summary>A parameter without a value: there or not.</summary>
    protected static Parameter<bool> Flag(string name, string help) => new(name, help) { IsFlag = true };

    // A base class's first: what magics share comes before what one adds.
    private IReadOnlyList<Parameter> Declared() =>
    [
        .. Levels(GetType())
            .SelectMany(level => level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .OrderBy(field => field.MetadataToken))
            .Where(field => field.FieldType.IsAssignableTo(typeof(Parameter)))
            .Select(field => (Parameter)field.GetValue(this)!),
    ];

    private static IEnumerable<Type> Levels(Type type) => type == typeof(Magic) ? [] : Levels(type.BaseType!).Append(type);
}
