using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Neuro.Backend.Accounts;

/// <summary>Short-lived tokens that the platform signs for itself, so that it need not remember them: base64url of the fields and of an HMAC-SHA256 over them.</summary>
internal sealed class Tokens(PlatformKeys keys, TimeProvider time)
{
    public const string NodePrefix = "nt_";
    private const string LeasePrefix = "nl_";
    private const string ChallengePrefix = "nc_";

    /// <summary>A node's right to speak as itself.</summary>
    public string Node(string nodeId, DateTimeOffset expires) => Make(NodePrefix, nodeId, Milliseconds(expires));

    /// <summary>The node that a token speaks for, or null when it is forged, broken or over.</summary>
    public string? ReadNode(string token) =>
        Read(NodePrefix, token) is [var node, var expires] && Time(expires) > time.GetUtcNow() ? node : null;

    /// <summary>The right to do a shard: shard, node, attempt, expiry.</summary>
    public string Lease(Guid shard, string nodeId, int attempt, DateTimeOffset expires) =>
        Make(LeasePrefix, shard.ToString("N"), nodeId, attempt.ToString(CultureInfo.InvariantCulture), Milliseconds(expires));

    /// <summary>The attempt that a lease token stands for, or null when it is not one for this shard and node. Whether the lease still runs is for the database to say.</summary>
    public int? ReadLease(string token, Guid shard, string nodeId) =>
        Read(LeasePrefix, token) is [var leased, var node, var attempt, _] && leased == shard.ToString("N") && node == nodeId ? int.Parse(attempt, CultureInfo.InvariantCulture) : null;

    /// <summary>A number for a node to sign.</summary>
    public string Challenge(DateTimeOffset expires) => Make(ChallengePrefix, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), Milliseconds(expires));

    /// <summary>Until when a challenge may be answered, or null when it is not one of ours or is over.</summary>
    public DateTimeOffset? ReadChallenge(string token) => Read(ChallengePrefix, token) is [_, var expires] && Time(expires) > time.GetUtcNow() ? Time(expires) : null;

    private string Make(string prefix, params ReadOnlySpan<string> fields)
    {
        var message = Encoding.UTF8.GetBytes(prefix + string.Join('\n', fields!));
        return $"{prefix}{Base64Url.EncodeToString(message.AsSpan(prefix.Length))}.{Base64Url.EncodeToString(keys.Mac(message))}";
    }

    private string[]? Read(string prefix, string token)
    {
        var parts = token.StartsWith(prefix, StringComparison.Ordinal) && token.Length <= 512 ? token[prefix.Length..].Split('.') : [];
        if (parts.Length != 2 || !Base64Url.IsValid(parts[0]) || !Base64Url.IsValid(parts[1]))
        {
            return null;
        }

        var fields = Base64Url.DecodeFromChars(parts[0]);
        var mac = keys.Mac([.. Encoding.UTF8.GetBytes(prefix), .. fields]);
        return CryptographicOperations.FixedTimeEquals(mac, Base64Url.DecodeFromChars(parts[1])) ? Encoding.UTF8.GetString(fields).Split('\n') : null;
    }

    private static string Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}
