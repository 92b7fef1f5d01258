namespace Neuro.Backend.Storage;

/// <summary>A request for quote and what came of it, as it stands.</summary>
internal sealed class DealRow
{
    public Guid Id { get; set; }

    /// <summary>Rises with every change; who changes it names the one that was read.</summary>
    public int Revision { get; set; }

    public Guid ListingId { get; set; }

    public int Version { get; set; }

    public Guid BuyerId { get; set; }

    public Guid SupplierId { get; set; }

    public string Text { get; set; } = "";

    public long? WishNano { get; set; }

    /// <summary>How long the buyer waits for a first offer.</summary>
    public DateTimeOffset Until { get; set; }

    /// <summary>A <c>DealState</c>.</summary>
    public int State { get; set; }

    public int FeeBasisPoints { get; set; }

    /// <summary>When the clock has something to do: an end, or an approval by silence. Null once it is over.</summary>
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>The newest offer: open, or the one that was accepted.</summary>
    public Guid? OfferId { get; set; }

    /// <summary>When everything is to be delivered; null before an offer is accepted.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>The <c>Party</c> that asked to end it.</summary>
    public int? EndAsked { get; set; }

    public long HeldNano { get; set; }

    public long PaidNano { get; set; }

    public long ReturnedNano { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>An offer in a deal. Written once, never changed.</summary>
internal sealed class DealOfferRow
{
    public Guid Id { get; set; }

    public Guid DealId { get; set; }

    public int Number { get; set; }

    /// <summary>The <c>Party</c> that made it.</summary>
    public int Party { get; set; }

    public long PriceNano { get; set; }

    /// <summary>A JSON array of <c>MilestoneTerms</c>.</summary>
    public string Milestones { get; set; } = "[]";

    public int DeliveryDays { get; set; }

    public string Note { get; set; } = "";

    public DateTimeOffset Expires { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>A milestone of an accepted offer.</summary>
internal sealed class DealMilestoneRow
{
    public Guid DealId { get; set; }

    public int Number { get; set; }

    public string Title { get; set; } = "";

    public long PriceNano { get; set; }

    public long FeeNano { get; set; }

    /// <summary>A <c>MilestoneState</c>.</summary>
    public int State { get; set; }
}

/// <summary>What was delivered for a milestone, and what the buyer said to it.</summary>
internal sealed class DealDeliveryRow
{
    public Guid Id { get; set; }

    public Guid DealId { get; set; }

    public int Milestone { get; set; }

    public int Number { get; set; }

    /// <summary>An <c>ArtifactRef</c>; null where a licence is what is delivered.</summary>
    public string? Artifact { get; set; }

    public string? Sha256 { get; set; }

    public string Note { get; set; } = "";

    /// <summary>A <c>DeliveryState</c>.</summary>
    public int State { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset At { get; set; }
}
