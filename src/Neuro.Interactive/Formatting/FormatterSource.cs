using System.Collections;

namespace Neuro.Interactive.Formatting;

/// <summary>How one contract type is shown: derive, write its text and its HTML, and name the class in the type's <c>TypeFormatterSource</c> attribute.</summary>
public abstract class FormatterSource<T>
    where T : notnull
{
    private const int Most = 1000;

    protected abstract string ToText(T value);

    protected abstract Html ToHtml(T value);

    /// <summary>Several values as one text; null shows each by itself.</summary>
    protected virtual string? ToText(IReadOnlyList<T> values) => null;

    /// <summary>Several values as one piece of HTML (a table, say); null shows each by itself.</summary>
    protected virtual Html? ToHtml(IReadOnlyList<T> values) => null;

    /// <summary>Further forms by MIME type, after text and HTML.</summary>
    protected virtual IEnumerable<(string Mime, Func<T, string> Form)> OtherForms => [];

    /// <summary>The formatters as the convention wants them: objects with <c>MimeType</c> and <c>Format</c>.</summary>
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new TypeFormatter(MimeTypes.PlainText, value => Form(value, ToText, ToText)),
        new TypeFormatter(MimeTypes.Html, value => Form(value, one => ToHtml(one).ToString(), all => ToHtml(all)?.ToString())),
        .. OtherForms.Select(other => new TypeFormatter(other.Mime, value => Form(value, other.Form, _ => null))),
    ];

    private static string? Form(object value, Func<T, string> one, Func<IReadOnlyList<T>, string?> all) => value switch
    {
        T single => one(single),
        IEnumerable many => many.Cast<object?>().Take(Most).ToList() is var items && items.All(item => item is T) ? all([.. items.Cast<T>()]) : null,
        _ => null,
    };
}

/// <summary>One form of a value: false from <see cref="Format"/> means that this object has no such form.</summary>
public sealed class TypeFormatter(string mimeType, Func<object, string?> form)
{
    public string MimeType { get; } = mimeType;

    public bool Format(object value, TextWriter writer)
    {
        if (form(value) is not { } text)
        {
            return false;
        }

        writer.Write(text);
        return true;
    }
}
