using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Signing;

/// <summary>A request to sign in with an Ethereum account, as EIP-4361 writes it.</summary>
public sealed partial record SiweMessage
{
    private const int LongestText = 8192;
    private const int MostResources = 64;

    /// <summary>Null if the message names none, which means https.</summary>
    public string? Scheme { get; init; }

    /// <summary>Who asks: host, and port if it is not the usual one.</summary>
    public required string Domain { get; init; }

    public required Address Address { get; init; }

    /// <summary>A sentence for the person who signs; null for none.</summary>
    public string? Statement { get; init; }

    public required string Uri { get; init; }

    public required long ChainId { get; init; }

    /// <summary>At least eight letters and digits, used once.</summary>
    public required string Nonce { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? ExpirationTime { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public string? RequestId { get; init; }

    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>Reads a message; nothing that the grammar of EIP-4361 does not allow is forgiven.</summary>
    /// <exception cref="FormatException">Malformed; the line is named.</exception>
    public static SiweMessage Parse(string text)
    {
        if (text.Length > LongestText)
        {
            throw new FormatException($"A message of {text.Length} characters is too long; at most {LongestText} are read.");
        }

        var lines = new Lines(text);
        var header = Header().Match(lines.Next("who asks"));
        var from = header.Success ? lines.Next("the address") : throw lines.Wrong("<domain> wants you to sign in with your Ethereum account:");
        var message = new SiweMessage
        {
            Scheme = header.Groups["scheme"] is { Success: true, Value: var scheme } ? scheme : null,
            Domain = header.Groups["domain"].Value,
            Address = ParseAddress(from),
            Statement = ReadStatement(lines),
            Uri = lines.Field("URI: ", UriText()),
            ChainId = lines.Field("Version: ", One()) == "1" ? long.Parse(lines.Field("Chain ID: ", ChainNumber()), CultureInfo.InvariantCulture) : 0,
            Nonce = lines.Field("Nonce: ", NonceText()),
            IssuedAt = ParseTime(lines.Field("Issued At: ", Time())),
            ExpirationTime = lines.Optional("Expiration Time: ", Time()) is { } expires ? ParseTime(expires) : null,
            NotBefore = lines.Optional("Not Before: ", Time()) is { } begins ? ParseTime(begins) : null,
            RequestId = lines.Optional("Request ID: ", RequestText()),
            Resources = ReadResources(lines),
        };
        return lines.AtEnd ? message : throw lines.Wrong("the end, or a field in the order of EIP-4361");
    }

    /// <summary>The text to sign.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Scheme is null ? "" : Scheme + "://").Append(Domain).Append(" wants you to sign in with your Ethereum account:\n");
        text.Append(Address).Append("\n\n").Append(Statement is null ? "" : Statement + "\n").Append('\n');
        text.Append("URI: ").Append(Uri).Append("\nVersion: 1\nChain ID: ").Append(ChainId.ToString(CultureInfo.InvariantCulture));
        text.Append("\nNonce: ").Append(Nonce).Append("\nIssued At: ").Append(Print(IssuedAt));
        text.Append(ExpirationTime is { } expires ? "\nExpiration Time: " + Print(expires) : "").Append(NotBefore is { } begins ? "\nNot Before: " + Print(begins) : "");
        text.Append(RequestId is null ? "" : "\nRequest ID: " + RequestId);
        text.Append(Resources is null ? "" : "\nResources:" + string.Concat(Resources.Select(resource => "\n- " + resource)));
        return text.ToString();
    }

    private static Address ParseAddress(string text)
    {
        var address = Address.Parse(text);
        return address.ToString() == text ? address : throw new FormatException($"{text} is not written with the checksum of EIP-55, as EIP-4361 wants it: {address}.");
    }

    // An empty line; then the statement and an empty line, or a second empty line at once.
    private static string? ReadStatement(Lines lines)
    {
        lines.Empty();
        var line = lines.Next("a statement or an empty line");
        if (line.Length == 0)
        {
            return null;
        }

        var statement = StatementText().IsMatch(line) ? line : throw lines.Wrong("a statement of ASCII letters, digits and punctuation");
        lines.Empty();
        return statement;
    }

    private static List<string>? ReadResources(Lines lines)
    {
        if (!lines.Skip("Resources:"))
        {
            return null;
        }

        var resources = new List<string>();
        while (lines.Optional("- ", UriText()) is { } resource)
        {
            resources.Add(resources.Count < MostResources ? resource : throw lines.Wrong($"at most {MostResources} resources"));
        }

        return resources;
    }

    private static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // RFC 3339; digits beyond a ten-millionth of a second are dropped.
    private static DateTimeOffset ParseTime(string text)
    {
        var parts = Time().Match(text);
        var fraction = parts.Groups["fraction"].Value is { Length: > 8 } long_ ? long_[..8] : parts.Groups["fraction"].Value;
        var shortened = parts.Groups["seconds"].Value.ToUpperInvariant() + fraction + parts.Groups["zone"].Value.ToUpperInvariant();
        return DateTimeOffset.TryParse(shortened, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new FormatException($"'{Hex.Short(text)}' is no time (RFC 3339).");
    }

    // The characters that RFC 3986 allows in an authority, a URI and a path segment.
    [GeneratedRegex(
        @"\A(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?"
        + @"(?<domain>(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?)"
        + @" wants you to sign in with your Ethereum account:\z")]
    private static partial Regex Header();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*\z")]
    private static partial Regex UriText();

    [GeneratedRegex(@"\A[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;= -]+\z")]
    private static partial Regex StatementText();

    [GeneratedRegex(@"\A(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*\z")]
    private static partial Regex RequestText();

    [GeneratedRegex(@"\A[A-Za-z0-9]{8,}\z")]
    private static partial Regex NonceText();

    [GeneratedRegex(@"\A[0-9]{1,18}\z")]
    private static partial Regex ChainNumber();

    [GeneratedRegex(@"\A1\z")]
    private static partial Regex One();

    [GeneratedRegex(@"\A(?<seconds>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2})(?<fraction>\.[0-9]{1,18})?(?<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Time();

    /// <summary>The lines of a message, in order.</summary>
    private sealed class Lines(string text)
    {
        private readonly string[] lines = text.Split('\n');
        private int next;

        public bool AtEnd => next == lines.Length;

        public string Next(string what) => next < lines.Length
            ? lines[next++]
            : throw new FormatException($"The message ends after line {lines.Length}; {what} is missing.");

        public void Empty()
        {
            if (Next("an empty line").Length > 0)
            {
                throw Wrong("an empty line");
            }
        }

        public bool Skip(string whole)
        {
            var found = next < lines.Length && lines[next] == whole;
            next += found ? 1 : 0;
            return found;
        }

        public string Field(string label, Regex form) => Optional(label, form)
            ?? throw new FormatException($"Line {next + 1} should be '{label}…'{(AtEnd ? ", and the message ends" : "")}.");

        public string? Optional(string label, Regex form)
        {
            if (next >= lines.Length || !lines[next].StartsWith(label, StringComparison.Ordinal))
            {
                return null;
            }

            var value = lines[next++][label.Length..];
            return form.IsMatch(value) ? value : throw Wrong($"a right value after '{label}'");
        }

        public FormatException Wrong(string expected) => new($"Line {Math.Max(next, 1)} is '{Hex.Short(lines[Math.Max(next - 1, 0)])}'; expected {expected} (EIP-4361).");
    }
}
