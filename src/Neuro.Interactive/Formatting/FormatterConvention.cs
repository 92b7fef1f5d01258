using System.Collections.Concurrent;
using System.Reflection;

namespace Neuro.Interactive.Formatting;

/// <summary>Finds the formatters of a type by the duck-typed convention: an attribute named <c>TypeFormatterSourceAttribute</c>, whoever defined it.</summary>
internal static class FormatterConvention
{
    private static readonly ConcurrentDictionary<Type, Form[]> Known = new();

    /// <summary>A form by MIME type; <c>Write</c> answers false where the object has no such form.</summary>
    internal sealed record Form(string Mime, Func<object, TextWriter, bool> Write);

    /// <summary>The formatters of the type, its nearest base, or an interface of it; empty when there are none.</summary>
    public static IReadOnlyList<Form> For(Type type) => Known.GetOrAdd(type, Find);

    private static Form[] Find(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (Declared(level) is { Length: > 0 } forms)
            {
                return forms;
            }
        }

        return type.GetInterfaces().Select(Declared).FirstOrDefault(forms => forms.Length > 0) ?? [];
    }

    private static Form[] Declared(Type type)
    {
        var attribute = type.GetCustomAttributes(inherit: false).FirstOrDefault(candidate => candidate.GetType().Name == "TypeFormatterSourceAttribute");
        if (attribute is null
            || Property(attribute, "FormatterSourceType") is not Type sourceType
            || sourceType.GetMethod("CreateTypeFormatters", Type.EmptyTypes) is not { } create)
        {
            return [];
        }

        var source = Activator.CreateInstance(sourceType, nonPublic: true);
        return create.Invoke(source, null) is IEnumerable<object> items ? [.. items.Select(ToForm).OfType<Form>()] : [];
    }

    private static Form? ToForm(object item) =>
        Property(item, "MimeType") is string mime && item.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)]) is { } format && format.ReturnType == typeof(bool)
            ? new(mime, format.CreateDelegate<Func<object, TextWriter, bool>>(item))
            : null;

    private static object? Property(object of, string name) =>
        of.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(of);
}
