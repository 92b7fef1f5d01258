using System.Text.RegularExpressions;

namespace Neuro.Interactive.Reports;

/// <summary>HTML that came from elsewhere, made unable to act.</summary>
/// <remarks>
/// The report's Content-Security-Policy stops scripts, handlers and requests. This takes out what would only fill the console with refusals
/// (script elements) and what no policy covers (a meta refresh leaves the page, a base changes its links): those tags lose their meaning and
/// show as text. Turning &lt; into an entity cannot make a new tag out of two halves, as cutting out could, so it comes last.
/// </remarks>
internal static partial class ForeignHtml
{
    public static string Disarm(string html) => ActingTag().Replace(Handler().Replace(Script().Replace(html, ""), "$1data-was-$2"), "&lt;");

    [GeneratedRegex(@"<script\b.*?</script\s*>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Script();

    /// <summary>An attribute such as onclick inside a tag.</summary>
    [GeneratedRegex(@"(?<=<[a-z][^<>]*)(\s|/|""|')(on[a-z]+\s*=)", RegexOptions.IgnoreCase)]
    private static partial Regex Handler();

    [GeneratedRegex(@"<(?=/?(?:script|meta|base|link|iframe|frame|frameset|object|embed|applet|form|portal|html|head|body|main|plaintext|noscript|template)(?![a-z0-9-]))", RegexOptions.IgnoreCase)]
    private static partial Regex ActingTag();
}
