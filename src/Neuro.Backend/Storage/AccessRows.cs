namespace Neuro.Backend.Storage;

/// <summary>An API key, of which only the SHA-256 is kept.</summary>
internal sealed class ApiKeyRow
{
    public string Hash { get; set; } = "";

    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    /// <summary>What its owner calls it.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it may do, words with a space between; empty for everything that the account may.</summary>
    public string Scopes { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>From when on it is not accepted; null for never.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>True for an old secret of a key that was rotated; it expires when the grace is over.</summary>
    public bool Retired { get; set; }
}

/// <summary>The answer to a request that moved money, kept so that the same request again gets the same answer.</summary>
internal sealed class IdempotencyRow
{
    public Guid AccountId { get; set; }

    public string Key { get; set; } = "";

    /// <summary>SHA-256 of method, address and body.</summary>
    public string Request { get; set; } = "";

    public int Status { get; set; }

    public string ContentType { get; set; } = "";

    public byte[] Body { get; set; } = [];

    public DateTimeOffset At { get; set; }
}

/// <summary>Something that somebody did to accounts, keys, money or the market. Written once, never changed.</summary>
internal sealed class AuditLogRow
{
    public long Sequence { get; set; }

    public DateTimeOffset At { get; set; }

    public Guid? AccountId { get; set; }

    public Guid? KeyId { get; set; }

    /// <summary>Method and address.</summary>
    public string Action { get; set; } = "";

    /// <summary>HTTP status of the answer.</summary>
    public int Status { get; set; }
}
