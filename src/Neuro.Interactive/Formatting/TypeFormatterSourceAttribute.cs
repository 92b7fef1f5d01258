namespace Neuro.Interactive.Formatting;

/// <summary>Names a type's formatters, by the convention that .NET Interactive and <see cref="Formatter"/> read by name.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; init; } = [MimeTypes.Html, MimeTypes.PlainText];
}
