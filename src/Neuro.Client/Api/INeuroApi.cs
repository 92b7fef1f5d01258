using Neuro.Client.Accounts;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Refit;

namespace Neuro.Client.Api;

/// <summary>What a customer can ask of a platform. Everything that moves money carries an id made by the caller, so that sending it twice does it once.</summary>
public interface INeuroApi
{
    [Get("/v1/platform")]
    Task<PlatformInfo> GetPlatformAsync(CancellationToken cancel = default);

    [Get("/v1/account")]
    Task<Account> GetAccountAsync(CancellationToken cancel = default);

    /// <summary>Your API keys, without their secrets.</summary>
    [Get("/v1/account/keys")]
    Task<IReadOnlyList<ApiKey>> GetKeysAsync(CancellationToken cancel = default);

    /// <summary>Makes an API key; its secret is in this answer alone.</summary>
    [Post("/v1/account/keys")]
    Task<NewApiKey> CreateKeyAsync([Body] ApiKeyRequest request, CancellationToken cancel = default);

    /// <summary>A new secret for a key; it is in this answer alone.</summary>
    [Post("/v1/account/keys/{id}/rotate")]
    Task<NewApiKey> RotateKeyAsync(Guid id, [Body] ApiKeyRotation rotation, CancellationToken cancel = default);

    [Delete("/v1/account/keys/{id}")]
    Task DeleteKeyAsync(Guid id, CancellationToken cancel = default);

    /// <summary>What was done with your keys and by your nodes, the newest first.</summary>
    /// <param name="before">The last sequence of the page before; null for the first page.</param>
    [Get("/v1/account/audit")]
    Task<IReadOnlyList<AuditEntry>> GetAuditAsync(long? before = null, int limit = 50, CancellationToken cancel = default);

    [Get("/v1/ledger/balance")]
    Task<Balance> GetBalanceAsync(CancellationToken cancel = default);

    /// <summary>The newest lines first.</summary>
    [Get("/v1/ledger/lines")]
    Task<IReadOnlyList<LedgerLine>> GetLedgerAsync(int limit = 50, CancellationToken cancel = default);

    /// <summary>Adds up all accounts, and reads every transfer again to prove it.</summary>
    [Get("/v1/ledger/proof")]
    Task<LedgerProof> GetProofAsync(CancellationToken cancel = default);

    [Post("/v1/treasury/purchases")]
    Task<Purchase> BuyAsync([Body] PurchaseRequest request, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    [Get("/v1/books")]
    Task<IReadOnlyList<Book>> GetBooksAsync(CancellationToken cancel = default);

    [Get("/v1/books/{asset}/depth")]
    Task<Depth> GetDepthAsync(string asset, int levels = 10, CancellationToken cancel = default);

    /// <summary>The newest first.</summary>
    [Get("/v1/books/{asset}/trades")]
    Task<IReadOnlyList<Trade>> GetTradesAsync(string asset, int limit = 50, CancellationToken cancel = default);

    /// <summary>Trades by interval, the oldest first.</summary>
    [Get("/v1/books/{asset}/candles")]
    Task<IReadOnlyList<Candle>> GetCandlesAsync(string asset, int minutes = 60, CancellationToken cancel = default);

    /// <summary>Your orders, the newest first.</summary>
    [Get("/v1/books/{asset}/orders")]
    Task<IReadOnlyList<BookOrder>> GetOrdersAsync(string asset, bool open = false, CancellationToken cancel = default);

    [Post("/v1/books/{asset}/orders")]
    Task<BookOrder> PlaceAsync(string asset, [Body] BookOrderRequest order, CancellationToken cancel = default);

    [Post("/v1/books/{asset}/orders/{id}/cancel")]
    Task<BookOrder> CancelOrderAsync(string asset, Guid id, CancellationToken cancel = default);

    /// <summary>What you have of assets other than NTK, in lots.</summary>
    [Get("/v1/holdings")]
    Task<IReadOnlyList<Holding>> GetHoldingsAsync(CancellationToken cancel = default);

    [Get("/v1/generators")]
    Task<IReadOnlyList<GeneratorListing>> GetGeneratorsAsync(CancellationToken cancel = default);

    /// <summary>Publishes a generator under a name that is free or yours. The content of its newest version again changes nothing; other content is the next version.</summary>
    [Put("/v1/generators/{name}")]
    Task<GeneratorListing> PublishGeneratorAsync(string name, [Body] GeneratorPublication generator, CancellationToken cancel = default);

    [Post("/v1/quotes")]
    Task<Quote> QuoteAsync([Body] QuoteRequest request, CancellationToken cancel = default);

    [Post("/v1/jobs")]
    Task<Job> OrderAsync([Body] OrderRequest request, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    [Get("/v1/jobs")]
    Task<IReadOnlyList<Job>> GetJobsAsync(CancellationToken cancel = default);

    [Get("/v1/jobs/{id}")]
    Task<Job> GetJobAsync(Guid id, CancellationToken cancel = default);

    [Post("/v1/jobs/{id}/cancel")]
    Task<Job> CancelAsync(Guid id, CancellationToken cancel = default);

    [Get("/v1/jobs/{id}/receipts")]
    Task<IReadOnlyList<Receipt>> GetReceiptsAsync(Guid id, CancellationToken cancel = default);

    /// <summary>Gives up an upload; its bytes go, and its room is free, when nothing else keeps them.</summary>
    [Delete("/v1/artifacts/{sha256}")]
    Task DeleteArtifactAsync(string sha256, CancellationToken cancel = default);

    [Get("/v1/datasets")]
    Task<IReadOnlyList<DatasetManifest>> GetDatasetsAsync(CancellationToken cancel = default);

    [Get("/v1/datasets/{id}")]
    Task<DatasetManifest> GetDatasetAsync(Guid id, CancellationToken cancel = default);

    [Get("/v1/models")]
    Task<IReadOnlyList<ModelManifest>> GetModelsAsync(CancellationToken cancel = default);

    [Get("/v1/models/{id}")]
    Task<ModelManifest> GetModelAsync(Guid id, CancellationToken cancel = default);

    [Get("/v1/nodes")]
    Task<IReadOnlyList<NodeView>> GetNodesAsync(CancellationToken cancel = default);
}

/// <summary>What a node can ask of a platform.</summary>
public interface INodeApi
{
    [Post("/v1/nodes/challenge")]
    Task<Challenge> ChallengeAsync(CancellationToken cancel = default);

    [Post("/v1/nodes/join")]
    Task<JoinReply> JoinAsync([Body] JoinRequest request, CancellationToken cancel = default);

    /// <summary>The next shard for this node; waits a while for one before it answers that there is none.</summary>
    [Post("/v1/nodes/claim")]
    Task<Claim> ClaimAsync([Authorize("Bearer")] string token, CancellationToken cancel = default);

    [Post("/v1/nodes/shards/{shard}/heartbeat")]
    Task<HeartbeatReply> HeartbeatAsync([Authorize("Bearer")] string token, Guid shard, [Body] Heartbeat heartbeat, CancellationToken cancel = default);

    [Post("/v1/nodes/shards/{shard}/complete")]
    Task CompleteAsync([Authorize("Bearer")] string token, Guid shard, [Body] Completion completion, CancellationToken cancel = default);

    [Post("/v1/nodes/shards/{shard}/fail")]
    Task FailAsync([Authorize("Bearer")] string token, Guid shard, [Body] Failure failure, CancellationToken cancel = default);
}
