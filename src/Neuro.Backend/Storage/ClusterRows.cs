namespace Neuro.Backend.Storage;

/// <summary>What one replica of the platform alone may do, until when.</summary>
internal sealed class LeaseRow
{
    /// <summary>What it is of: <c>exchange</c> or <c>timekeeper</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>The replica.</summary>
    public Guid Owner { get; set; }

    /// <summary>Where the others reach it.</summary>
    public string Url { get; set; } = "";

    /// <summary>The fencing number: rises when the owner changes, and writers compare it in their own transaction.</summary>
    public long Epoch { get; set; }

    /// <summary>By the database's clock, so that no replica's clock matters.</summary>
    public DateTimeOffset Until { get; set; }
}

/// <summary>Whose database this is. One row.</summary>
internal sealed class PlatformRow
{
    public int Id { get; set; }

    /// <summary>SHA-256 over the public key for receipts and a MAC of the key for tokens, hexadecimal.</summary>
    public string Keys { get; set; } = "";
}

/// <summary>A challenge that a node has answered, until it would be refused for its age.</summary>
internal sealed class UsedChallengeRow
{
    public string Nonce { get; set; } = "";

    public DateTimeOffset Until { get; set; }
}
