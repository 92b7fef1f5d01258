namespace Neuro.Backend.Storage;

/// <summary>A listing: its terms as they are now. What it says is in its versions.</summary>
internal sealed class ListingRow
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public string Name { get; set; } = "";

    public string Kind { get; set; } = "";

    /// <summary>The newest.</summary>
    public int Version { get; set; }

    /// <summary>SHA-256 of the newest version's content.</summary>
    public string ContentHash { get; set; } = "";

    public bool Delisted { get; set; }

    public long? PriceNano { get; set; }

    /// <summary>Licences to sell in all; null for any number.</summary>
    public long? Stock { get; set; }

    public long Sold { get; set; }

    public bool Quotes { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>One version of a listing. Written once, never changed.</summary>
internal sealed class ListingVersionRow
{
    public Guid ListingId { get; set; }

    public int Version { get; set; }

    public string Title { get; set; } = "";

    public string Description { get; set; } = "";

    public string Licence { get; set; } = "";

    /// <summary>A generator's name, or the id of a dataset or a model; null for a service.</summary>
    public string? Asset { get; set; }

    /// <summary>The dataset or model; for a generator an id that follows from its name. Empty for a service.</summary>
    public Guid AssetId { get; set; }

    /// <summary>An <c>AssetCard</c>.</summary>
    public string? Card { get; set; }

    public bool HasPreview { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>The picture of a version, apart from it since lists do not need it.</summary>
internal sealed class ListingPreviewRow
{
    public Guid ListingId { get; set; }

    public int Version { get; set; }

    public byte[] Jpeg { get; set; } = [];
}

/// <summary>A licence that was sold. Its id is the buyer's purchase, or follows from the deal. Written once, never changed.</summary>
internal sealed class LicenceRow
{
    public Guid Id { get; set; }

    public Guid ListingId { get; set; }

    public int Version { get; set; }

    /// <summary>The buyer.</summary>
    public Guid AccountId { get; set; }

    public Guid AssetId { get; set; }

    public long PriceNano { get; set; }

    public long FeeNano { get; set; }

    public int FeeBasisPoints { get; set; }

    public Guid? DealId { get; set; }

    public DateTimeOffset At { get; set; }
}
