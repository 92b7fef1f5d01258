using System.Collections;

namespace Neuro.Interactive.Formatting;

/// <summary>One value in several forms, by MIME type, in order of writing; text/plain is always among them.</summary>
[TypeFormatterSource(typeof(MimeBundleFormatters))]
public sealed class MimeBundle : IReadOnlyCollection<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] forms;

    public MimeBundle(string text, params IEnumerable<(string Mime, string Content)> others)
        : this([KeyValuePair.Create(MimeTypes.PlainText, text), .. others.Select(form => KeyValuePair.Create(form.Mime, form.Content))])
    {
    }

    private MimeBundle(IEnumerable<KeyValuePair<string, string>> forms) => this.forms = [.. forms];

    /// <summary>A bundle of exactly these forms, with an empty text/plain in front where there is none.</summary>
    public static MimeBundle Of(IEnumerable<KeyValuePair<string, string>> forms)
    {
        var all = forms.DistinctBy(form => form.Key).ToList();
        return new(all.Any(form => form.Key == MimeTypes.PlainText) ? all : all.Prepend(KeyValuePair.Create(MimeTypes.PlainText, "")));
    }

    public int Count => forms.Length;

    public string Text => this[MimeTypes.PlainText]!;

    public string? Html => this[MimeTypes.Html];

    /// <summary>The form of this MIME type, or null.</summary>
    public string? this[string mime] => forms.FirstOrDefault(form => form.Key == mime).Value;

    /// <summary>The same bundle with this form added, or put in the place of the one of its type.</summary>
    public MimeBundle With(string mime, string content) => this[mime] is null
        ? new(forms.Append(KeyValuePair.Create(mime, content)))
        : new(forms.Select(form => form.Key == mime ? KeyValuePair.Create(mime, content) : form));

    /// <summary>The same bundle without this form; text/plain stays.</summary>
    public MimeBundle Without(string mime) => mime == MimeTypes.PlainText || this[mime] is null ? this : new(forms.Where(form => form.Key != mime));

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => forms.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => Text;
}

/// <summary>For hosts that do not know bundles: text and HTML as they are.</summary>
internal sealed class MimeBundleFormatters : FormatterSource<MimeBundle>
{
    protected override string ToText(MimeBundle value) => value.Text;

    protected override Html ToHtml(MimeBundle value) => value.Html is { } html ? Html.Raw(html) : Html.Of($"<pre>{value.Text}</pre>");
}
