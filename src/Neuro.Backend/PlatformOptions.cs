using Neuro.Backend.Artifacts;
using Neuro.Backend.Chain;
using Neuro.Backend.Jobs;
using Neuro.Backend.Listings;
using Neuro.Client.Api;
using Neuro.Client.Market;

namespace Neuro.Backend;

/// <summary>What a platform is started with.</summary>
public sealed record PlatformOptions
{
    /// <summary>Where everything is kept: database (unless PostgreSQL), artifacts, keys, logs. One platform at a time.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where it listens.</summary>
    /// <value>A free port on the loopback interface.</value>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>An Npgsql connection string. Several processes may run over the same database, each with a data folder of its own.</summary>
    /// <value>Null: SQLite in the data folder.</value>
    public string? PostgresConnectionString { get; init; }

    /// <summary>Where the platform's keys and those of its house accounts lie. Replicas over one PostgreSQL share it.</summary>
    /// <value>Null: the data folder.</value>
    public string? KeysFolder { get; init; }

    /// <summary>Where artifacts are kept as files. Replicas share it.</summary>
    /// <value>Null: in the data folder.</value>
    public string? ArtifactsFolder { get; init; }

    /// <summary>Where other replicas reach this one.</summary>
    /// <value>Null: where it listens.</value>
    public string? AdvertisedUrl { get; init; }

    /// <summary>The generators that are on offer from the start; accounts may publish more.</summary>
    public IReadOnlyList<GeneratorListing> Generators { get; init; } = [];

    /// <summary>The kinds of work on offer, one per kind.</summary>
    public IReadOnlyList<IWorkload> Workloads { get; init; } = [];

    /// <summary>Measures and pictures what suppliers put on offer.</summary>
    /// <value>Null: listings have neither card nor preview.</value>
    public IAppraiser? Appraiser { get; init; }

    /// <summary>How long a node may be silent before its shard is given to another.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a claim waits for a shard before it answers that there is none.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan ClaimWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What one NTK costs from the treasury, in <see cref="Currency"/>.</summary>
    /// <value>0.01</value>
    public decimal UnitPrice { get; init; } = 0.01m;

    /// <value>EUR</value>
    public string Currency { get; init; } = "EUR";

    /// <summary>How many requests a second are taken from one key or node, or from one address without either.</summary>
    /// <value>200</value>
    public double RequestsPerSecond { get; init; } = 200;

    /// <summary>How many may come at once after a pause.</summary>
    /// <value>400</value>
    public int RequestBurst { get; init; } = 400;

    /// <summary>How many bytes an account's uploads may take in the store; 0 for as many as there is room for.</summary>
    /// <value>50 GiB.</value>
    public long ArtifactQuotaBytes { get; init; } = 50L << 30;

    /// <summary>How long what a receipt names is kept, whatever else becomes of it.</summary>
    /// <value>365 days.</value>
    public TimeSpan ReceiptTerm { get; init; } = TimeSpan.FromDays(365);

    /// <summary>A bucket for artifacts.</summary>
    /// <value>Null: files in the data folder.</value>
    public S3Options? S3 { get; init; }

    /// <summary>The vault on Ethereum that the ledger is connected to.</summary>
    /// <value>Null: NTK are on the ledger alone.</value>
    public ChainOptions? Chain { get; init; }

    /// <summary>How long a caller may take over a request's headers, or send its body at less than a kilobyte a second.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan CallerPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <value>The machine's clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Logs everything to standard error, and puts stack traces into the answers to unforeseen errors.</summary>
    public bool Verbose { get; init; }

    /// <summary>Logs to standard error, one JSON object a line.</summary>
    public bool JsonLog { get; init; }

    /// <summary>Where a log goes that was asked for; standard error but in tests.</summary>
    internal TextWriter Log { get; init; } = Console.Error;

    /// <summary>The version of the protocol; another one in tests of an upgrade.</summary>
    internal int ContractVersion { get; init; } = Contract.Version;
}
