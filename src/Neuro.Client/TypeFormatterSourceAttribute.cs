namespace Neuro;

/// <summary>Names the class that formats a type in notebooks, by the convention that notebook hosts match by the attribute's name.</summary>
/// <remarks>
/// The formatter lives in Neuro.Interactive, which references this assembly and not the other way round; so it is named by text and found when a host asks.
/// The file is compiled into each assembly that needs it.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class TypeFormatterSourceAttribute(string formatterSource) : Attribute
{
    /// <summary>The class with <c>CreateTypeFormatters()</c>, or null where Neuro.Interactive is not there.</summary>
    public Type? FormatterSourceType => Type.GetType($"Neuro.Interactive.Formatting.{formatterSource}, Neuro.Interactive", throwOnError: false);

    /// <summary>What a notebook should prefer to show.</summary>
    public string[] PreferredMimeTypes { get; } = ["text/html", "text/plain"];
}
