using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.ContractFormatters;

/// <summary>Formats a value, checks what holds for every output, and compares both forms with their reviewed files.</summary>
internal static partial class Shown
{
    public static MimeBundle Matches(object value, [CallerFilePath] string test = "", [CallerMemberName] string method = "")
    {
        var bundle = Formatter.Format(value);
        bundle.Text.ShouldNotContain("its formatter failed");
        var html = bundle.Html.ShouldNotBeNull();
        html.ShouldNotContain("<script");
        html.ShouldNotContain("http-equiv");
        IsWellFormed(html);
        Assert.Multiple(
            () => Snapshot.Match(bundle.Text, "txt", test, method),
            () => Snapshot.Match(Embedded().Replace(html, "data:$1;base64,…"), "html", test, method));
        return bundle;
    }

    // Void elements closed, HTML as we write it is XML: a forgotten end tag or quote is an error here and a mess in a browser.
    private static void IsWellFormed(string html) =>
        Should.NotThrow(() => XDocument.Parse($"<div>{Void().Replace(html, "$0</$1>").Replace("&nbsp;", " ", StringComparison.Ordinal)}</div>"));

    // Encoders may differ by a bit between machines; the pictures are checked by their pixels elsewhere.
    [GeneratedRegex("data:(image/[a-z]+);base64,[A-Za-z0-9+/=]+")]
    private static partial Regex Embedded();

    [GeneratedRegex("<(img|br)\\b[^>]*>")]
    private static partial Regex Void();
}
