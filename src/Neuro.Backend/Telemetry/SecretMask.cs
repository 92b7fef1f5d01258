using System.Text.RegularExpressions;

namespace Neuro.Backend.Telemetry;

/// <summary>Takes secrets out of what is about to be logged.</summary>
/// <remarks>The second line of defence: nothing of ours logs headers, bodies or addresses as they were sent. But the message of an exception may quote what it choked on.</remarks>
internal static partial class SecretMask
{
    /// <summary>The text with keys, tokens and what is called a password replaced by …</summary>
    public static string Mask(string text) => Named().Replace(Shaped().Replace(text, "$1…"), "$1…");

    // API keys, tokens of nodes, leases and challenges; JSON web tokens.
    [GeneratedRegex(@"\b(n[ktlc]_|eyJ)[A-Za-z0-9_.\-]{8,}")]
    private static partial Regex Shaped();

    // Whatever it looks like, by what stands before it.
    [GeneratedRegex(@"((?:password|passwd|pwd|secret|token|api[_-]?key|authorization)[""']?\s*[=:]\s*[""']?(?:bearer\s+)?|bearer\s+)[^\s""';,&…]+", RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
