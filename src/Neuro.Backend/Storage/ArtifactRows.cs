namespace Neuro.Backend.Storage;

internal sealed class ArtifactRow
{
    public string Sha256 { get; set; } = "";

    public long Bytes { get; set; }

    public string MediaType { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>
    /// What its bytes are called in the store. No two uploads share a name, so deleting what one left never hits what another brought. Empty for those of before
    /// there were names.
    /// </summary>
    public string Stored { get; set; } = "";

    /// <summary>When it was last uploaded, granted or named; null for not since it was created. Whoever collects deletes it only if this has not changed.</summary>
    public DateTimeOffset? TouchedAt { get; set; }
}

/// <summary>
/// Who may read an artifact: <c>account:{id}</c>, <c>node:{public key}</c> or <c>everyone</c>; or whose quota one still counts in that they gave up:
/// <c>dropped:{reader}</c>.
/// </summary>
internal sealed class ArtifactReaderRow
{
    public string Sha256 { get; set; } = "";

    public string Reader { get; set; } = "";

    /// <summary>The platform gave it to them: as part of what they bought, or because it was published.</summary>
    public bool Granted { get; set; } = true;

    /// <summary>They uploaded it, and it counts in this account's quota.</summary>
    public Guid? ChargedTo { get; set; }
}

/// <summary>An upload that has begun: room that is reserved for it, and how much of it is safely here.</summary>
internal sealed class UploadRow
{
    public Guid Id { get; set; }

    public string Sha256 { get; set; } = "";

    public string Reader { get; set; } = "";

    public Guid ChargedTo { get; set; }

    public string MediaType { get; set; } = "";

    /// <summary>Reserved: its size, or where that is not known, what it may grow to before it asks for more.</summary>
    public long Bytes { get; set; }

    /// <summary>Checked and flushed to the disk.</summary>
    public long Arrived { get; set; }

    /// <summary>It survives its connection. There is one of a reader and a hash.</summary>
    public bool Resumable { get; set; }

    public DateTimeOffset TouchedAt { get; set; }
}

/// <summary>Bytes in the store that nothing points at any more, to be deleted.</summary>
internal sealed class DiscardedRow
{
    public string Stored { get; set; } = "";

    /// <summary>From when on they may be deleted.</summary>
    public DateTimeOffset At { get; set; }
}
