using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Neuro.Interactive.Formatting;

/// <summary>A piece of HTML: what our code writes is markup, every value put into it is encoded.</summary>
/// <remarks><c>Html.Of($"&lt;td&gt;{name}&lt;/td&gt;")</c> encodes <c>name</c>; a hole that holds <see cref="Html"/>, or a sequence of it, goes in as it is.</remarks>
[TypeFormatterSource(typeof(HtmlFormatters))]
public sealed partial class Html
{
    public static readonly Html Empty = new("");

    private readonly string markup;

    private Html(string markup) => this.markup = markup;

    /// <summary>Markup from an interpolated string whose holes are encoded, in text and in quoted attributes alike.</summary>
    public static Html Of(HtmlInterpolation markup) => new(markup.ToString());

    /// <summary>Markup that is trusted as it stands: never for text that came from outside.</summary>
    public static Html Raw(string markup) => new(markup);

    /// <summary>Text, encoded.</summary>
    public static Html Text(string? text) => new(Encode(text ?? ""));

    /// <summary>The pieces one after another.</summary>
    public static Html Join(IEnumerable<Html> pieces, string between = "") => new(string.Join(between, pieces));

    public static Html operator +(Html left, Html right) => new(left.markup + right.markup);

    public override string ToString() => markup;

    /// <summary>What a reader without a browser would see: tags dropped, entities read.</summary>
    public string ToPlainText() => System.Net.WebUtility.HtmlDecode(Tag().Replace(Unseen().Replace(markup, ""), " ")).Trim();

    internal static string Encode(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>\"'\0") < 0)
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '&' => encoded.Append("&amp;"),
                '<' => encoded.Append("&lt;"),
                '>' => encoded.Append("&gt;"),
                '"' => encoded.Append("&quot;"),
                '\'' => encoded.Append("&#39;"),
                '\0' => encoded.Append('\uFFFD'),
                _ => encoded.Append(letter),
            };
        }

        return encoded.ToString();
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("<(style|script|title|desc)\\b.*?</\\1>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Unseen();
}

/// <summary>Builds the markup of <see cref="Html.Of"/>: literals as written, holes encoded, numbers in the invariant culture.</summary>
[InterpolatedStringHandler]
public ref struct HtmlInterpolation(int literalLength, int formattedCount)
{
    private readonly StringBuilder markup = new(literalLength + 16 * formattedCount);

    public readonly void AppendLiteral(string literal) => markup.Append(literal);

    public readonly void AppendFormatted<T>(T value, string? format = null) => _ = value switch
    {
        null => markup,
        Html html => markup.Append(html),
        IEnumerable<Html> pieces => markup.AppendJoin("", pieces),
        IFormattable number => markup.Append(Html.Encode(number.ToString(format, CultureInfo.InvariantCulture))),
        _ => markup.Append(Html.Encode(value.ToString() ?? "")),
    };

    public override readonly string ToString() => markup.ToString();
}

internal sealed class HtmlFormatters : FormatterSource<Html>
{
    protected override string ToText(Html value) => value.ToPlainText();

    protected override Html ToHtml(Html value) => value;
}
