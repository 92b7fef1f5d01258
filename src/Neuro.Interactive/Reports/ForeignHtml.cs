using System.Text;
using System.Text.RegularExpressions;

namespace Neuro.Interactive.Reports;

/// <summary>HTML that came from elsewhere, made unable to act.</summary>
/// <remarks>
/// The report's Content-Security-Policy stops scripts, event handlers and requests. This takes out what would only fill the console with refusals
/// (script elements) and what no policy covers (a meta refresh leaves the page, a base changes its links): those tags lose their meaning and
/// show as text. Turning &lt; into an entity cannot make a new tag out of two halves, as cutting out could, so it comes last.
/// </remarks>
internal static partial class ForeignHtml
{
    private const string Opening = "<script", Closing = "</script>";

    public static string Disarm(string html) => ActingTag().Replace(WithoutScripts(html), "&lt;");

    /// <summary>One pass, however many scripts are opened and never closed.</summary>
    private static string WithoutScripts(string html)
    {
        var (kept, at) = (new StringBuilder(), 0);
        while (html.IndexOf(Opening, at, StringComparison.OrdinalIgnoreCase) is >= 0 and var start
            && html.IndexOf(Closing, start, StringComparison.OrdinalIgnoreCase) is >= 0 and var end)
        {
            kept.Append(html, at, start - at);
            at = end + Closing.Length;
        }

        return at == 0 ? html : kept.Append(html, at, html.Length - at).ToString();
    }

    [GeneratedRegex(@"<(?=/?(?:script|meta|base|link|iframe|frame|frameset|object|embed|applet|form|portal|html|head|body|main|plaintext|noscript|template)(?![a-z0-9-]))", RegexOptions.IgnoreCase)]
    private static partial Regex ActingTag();
}
