using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Neuro.Notebooks.Jupyter;

/// <summary>Messages as frames on the wire: identities, a delimiter, a signature, then header, parent, metadata and content as JSON.</summary>
/// <remarks>Jupyter messaging protocol, "The wire protocol"; the signature is the HMAC-SHA256 (RFC 2104) of the four parts in hexadecimal digits. Safe for use by many threads.</remarks>
internal sealed class MessageFormat(string key, TimeProvider time)
{
    public const string Scheme = "hmac-sha256";
    public const string ProtocolVersion = "5.4";

    /// <summary>So many signatures are remembered; a message that comes again within them is a replay.</summary>
    private const int MostRemembered = 65_536;

    private const int Parts = 4;
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly byte[] Empty = "{}"u8.ToArray();

    private readonly byte[] key = Encoding.UTF8.GetBytes(key);
    private readonly string session = Guid.NewGuid().ToString("N");
    private readonly HashSet<string> seen = [];
    private readonly Queue<string> order = new();
    private int sent;

    /// <param name="route">Identities of the one who gets it, or the topic of a published message.</param>
    /// <param name="type">What it is.</param>
    /// <param name="content">One of the records of <see cref="KernelJson"/>.</param>
    /// <param name="parent">What it answers; null when nobody asked.</param>
    public byte[][] Write(IReadOnlyList<byte[]> route, string type, object content, Message? parent)
    {
        var header = new Header
        {
            MsgId = $"{session}_{Interlocked.Increment(ref sent)}",
            MsgType = type,
            Session = session,
            Username = parent?.Header.Username is { Length: > 0 } user ? user : "neuro",
            Date = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            Version = ProtocolVersion,
        };
        byte[][] parts = [Json(header), parent?.HeaderJson ?? Empty, Empty, Json(content)];
        return [.. route, Delimiter, Encoding.ASCII.GetBytes(Sign(parts)), .. parts];
    }

    /// <summary>The message that the frames are; null with what is wrong when they are none, or were signed by somebody else.</summary>
    public Message? Read(IReadOnlyList<byte[]> frames, out string problem)
    {
        var at = frames.TakeWhile(frame => !frame.AsSpan().SequenceEqual(Delimiter)).Count();
        if (frames.Count < at + 2 + Parts)
        {
            problem = $"it has {frames.Count} frames that are no message";
            return null;
        }

        var parts = frames.Skip(at + 2).Take(Parts).ToArray();
        var signature = Sign(parts);
        if (!CryptographicOperations.FixedTimeEquals(frames[at + 1], Encoding.ASCII.GetBytes(signature)))
        {
            problem = "its signature is wrong";
            return null;
        }

        if (!Remember(signature))
        {
            problem = "it came before";
            return null;
        }

        try
        {
            var header = (Header?)JsonSerializer.Deserialize(parts[0], typeof(Header), KernelJson.Default) ?? throw new JsonException("The header is null.");
            var parent = JsonElement.Parse(parts[1]);
            var parentId = parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty("msg_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
            problem = "";
            return new([.. frames.Take(at)], header, parts[0], parentId, JsonElement.Parse(parts[3]));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException) // The latter for half a character.
        {
            problem = $"its JSON is broken: {broken.Message}";
            return null;
        }
    }

    private string Sign(byte[][] parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var part in parts)
        {
            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private bool Remember(string signature)
    {
        lock (seen)
        {
            if (!seen.Add(signature))
            {
                return false;
            }

            order.Enqueue(signature);
            if (order.Count > MostRemembered)
            {
                seen.Remove(order.Dequeue());
            }

            return true;
        }
    }

    private static byte[] Json(object value) => JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), KernelJson.Default);
}
