using Neuro.Client.Accounts;
using Neuro.Client.Chain;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Client.Operations;
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

    /// <summary>For operators: opens an order book; the same again changes nothing.</summary>
    [Put("/v1/books/{asset}")]
    Task<Book> OpenBookAsync(string asset, [Body] BookTerms terms, CancellationToken cancel = default);

    /// <summary>For operators: makes lots of an asset for an account.</summary>
    [Post("/v1/books/{asset}/issues")]
    Task<LotMovement> IssueAsync(string asset, [Body] LotIssue issue, CancellationToken cancel = default);

    /// <summary>Makes licences of your dataset, to be sold in the order book <c>licence:{id}</c>.</summary>
    [Post("/v1/datasets/{id}/licences")]
    Task<LotMovement> IssueLicencesAsync(Guid id, [Body] LicenceIssue issue, CancellationToken cancel = default);

    /// <summary>Uses up one licence that you have; the dataset is yours to read from then on.</summary>
    [Post("/v1/datasets/{id}/redemptions")]
    Task<DatasetManifest> RedeemAsync(Guid id, [Body] LicenceRedemption redemption, CancellationToken cancel = default);

    /// <summary>All NTK there are, the burn schedule and the newest burns.</summary>
    [Get("/v1/supply")]
    Task<SupplyReport> GetSupplyAsync(CancellationToken cancel = default);

    /// <summary>For operators: how the platform stands, and the replica that answers.</summary>
    [Get("/v1/admin/overview")]
    Task<PlatformOverview> GetOverviewAsync(CancellationToken cancel = default);

    /// <summary>For operators: the nodes, by name.</summary>
    [Get("/v1/admin/nodes")]
    Task<IReadOnlyList<FleetNode>> GetFleetAsync(int skip = 0, int limit = 1000, CancellationToken cancel = default);

    /// <summary>For operators: the running jobs, the oldest first.</summary>
    [Get("/v1/admin/jobs")]
    Task<IReadOnlyList<RunningJob>> GetRunningJobsAsync(int skip = 0, int limit = 1000, CancellationToken cancel = default);

    /// <summary>For operators: has the replica that answers take no claims and orders, so that it can be stopped. A start ends it.</summary>
    [Put("/v1/admin/drain")]
    Task<PlatformOverview> DrainAsync(CancellationToken cancel = default);

    /// <summary>For operators: has the replica that answers take claims and orders again.</summary>
    [Delete("/v1/admin/drain")]
    Task<PlatformOverview> EndDrainAsync(CancellationToken cancel = default);

    /// <summary>For operators: books cash that was received for an account.</summary>
    [Post("/v1/admin/cash/deposits")]
    Task<LotMovement> DepositCashAsync([Body] CashOrder order, CancellationToken cancel = default);

    /// <summary>For operators: books cash that was paid out to an account's owner.</summary>
    [Post("/v1/admin/cash/withdrawals")]
    Task<LotMovement> WithdrawCashAsync([Body] CashOrder order, CancellationToken cancel = default);

    /// <summary>For operators: what the house has, and how its market maker and its buyback programme stand.</summary>
    [Get("/v1/admin/treasury")]
    Task<TreasuryReport> GetTreasuryAsync(CancellationToken cancel = default);

    /// <summary>For operators: moves NTK or lots between treasury, market-maker and buyback.</summary>
    [Post("/v1/admin/treasury/transfers")]
    Task MoveTreasuryAsync([Body] TreasuryTransfer transfer, CancellationToken cancel = default);

    /// <summary>For operators: no books switch it off.</summary>
    [Put("/v1/admin/market-maker")]
    Task<MarketMakerReport> SetMarketMakerAsync([Body] MarketMakerSettings settings, CancellationToken cancel = default);

    /// <summary>For operators: a budget of 0 switches it off.</summary>
    [Put("/v1/admin/buyback")]
    Task<BuybackReport> SetBuybackAsync([Body] BuybackSettings settings, CancellationToken cancel = default);

    /// <summary>For operators: switches the burn schedule on.</summary>
    [Put("/v1/admin/burns")]
    Task<SupplyReport> SetBurnsAsync([Body] BurnSchedule schedule, CancellationToken cancel = default);

    [Get("/v1/generators")]
    Task<IReadOnlyList<GeneratorListing>> GetGeneratorsAsync(CancellationToken cancel = default);

    /// <summary>Publishes a generator under a name that is free or yours. The content of its newest version again changes nothing; other content is the next version.</summary>
    [Put("/v1/generators/{name}")]
    Task<GeneratorListing> PublishGeneratorAsync(string name, [Body] GeneratorPublication generator, CancellationToken cancel = default);

    /// <summary>What is on offer, the newest first; without the names of classes.</summary>
    /// <param name="mine">Only your own, delisted ones too.</param>
    [Get("/v1/listings")]
    Task<IReadOnlyList<Listing>> GetListingsAsync(string? kind = null, bool mine = false, int skip = 0, int limit = 100, CancellationToken cancel = default);

    [Get("/v1/listings/{id}")]
    Task<Listing> GetListingAsync(Guid id, CancellationToken cancel = default);

    /// <summary>The preview that the platform made of what is sold: a small JPEG with a watermark.</summary>
    [Get("/v1/listings/{id}/preview")]
    Task<HttpContent> GetPreviewAsync(Guid id, CancellationToken cancel = default);

    /// <summary>Publishes a listing, or the next version of one; lists it again when it was delisted. The same again changes nothing.</summary>
    [Put("/v1/listings/{id}")]
    Task<Listing> PublishListingAsync(Guid id, [Body] ListingPublication listing, CancellationToken cancel = default);

    [Post("/v1/listings/{id}/delist")]
    Task<Listing> DelistAsync(Guid id, CancellationToken cancel = default);

    /// <summary>Who has bought your listing, the newest first.</summary>
    [Get("/v1/listings/{id}/licensees")]
    Task<IReadOnlyList<Licensee>> GetLicenseesAsync(Guid id, int skip = 0, int limit = 100, CancellationToken cancel = default);

    /// <summary>Buys a licence at the posted price.</summary>
    [Post("/v1/listings/{id}/licences")]
    Task<Licence> BuyLicenceAsync(Guid id, [Body] LicencePurchase purchase, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    /// <summary>Your licences, the newest first.</summary>
    [Get("/v1/licences")]
    Task<IReadOnlyList<Licence>> GetLicencesAsync(int skip = 0, int limit = 100, CancellationToken cancel = default);

    [Get("/v1/licences/{id}")]
    Task<Licence> GetLicenceAsync(Guid id, CancellationToken cancel = default);

    /// <summary>Asks a listing's supplier for a quote.</summary>
    [Post("/v1/deals")]
    Task<Deal> OpenDealAsync([Body] DealRequest request, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    /// <summary>Your deals, as buyer or supplier, the newest first.</summary>
    [Get("/v1/deals")]
    Task<IReadOnlyList<Deal>> GetDealsAsync(int skip = 0, int limit = 100, CancellationToken cancel = default);

    [Get("/v1/deals/{id}")]
    Task<Deal> GetDealAsync(Guid id, CancellationToken cancel = default);

    /// <summary>Makes an offer, which takes the place of the one before it.</summary>
    [Post("/v1/deals/{id}/offers")]
    Task<Deal> OfferAsync(Guid id, [Body] OfferRequest offer, CancellationToken cancel = default);

    /// <summary>Accepts the other side's offer; its whole price is held.</summary>
    [Post("/v1/deals/{id}/accept")]
    Task<Deal> AcceptAsync(Guid id, [Body] OfferAcceptance acceptance, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    /// <summary>Before anything is accepted: the supplier declines, the buyer withdraws.</summary>
    [Post("/v1/deals/{id}/close")]
    Task<Deal> CloseDealAsync(Guid id, CancellationToken cancel = default);

    [Post("/v1/deals/{id}/deliveries")]
    Task<Deal> DeliverAsync(Guid id, [Body] DeliveryRequest delivery, CancellationToken cancel = default);

    [Post("/v1/deals/{id}/approve")]
    Task<Deal> ApproveAsync(Guid id, [Body] DeliveryApproval approval, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    [Post("/v1/deals/{id}/reject")]
    Task<Deal> RejectAsync(Guid id, [Body] DeliveryRejection rejection, CancellationToken cancel = default);

    /// <summary>After the delivery deadline: the buyer takes back what was not delivered.</summary>
    [Post("/v1/deals/{id}/cancel")]
    Task<Deal> CancelDealAsync(Guid id, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    /// <summary>Asks to end the deal, or agrees to it: once both sides want it, what is held comes back.</summary>
    [Post("/v1/deals/{id}/end")]
    Task<Deal> EndDealAsync(Guid id, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

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

    [Put("/v1/jobs/{id}/dispatch")]
    Task<Job> ChangeDispatchAsync(Guid id, [Body] JobDispatch dispatch, CancellationToken cancel = default);

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

    /// <summary>What your nodes were paid, by node and day, the newest day first.</summary>
    /// <param name="days">How many, today included; at most 366.</param>
    [Get("/v1/nodes/earnings")]
    Task<IReadOnlyList<NodeEarnings>> GetNodeEarningsAsync(int days = 30, CancellationToken cancel = default);

    /// <summary>What is known of a node, whoever's it is, with its reasons.</summary>
    /// <param name="id">The node's public key, base64.</param>
    [Get("/v1/nodes/record")]
    Task<NodeRecord> GetNodeRecordAsync(string id, CancellationToken cancel = default);

    /// <summary>How deliveries are checked, and what that costs.</summary>
    [Get("/v1/nodes/verification")]
    Task<VerificationReport> GetVerificationAsync(CancellationToken cancel = default);

    /// <summary>Gives the stake of your node back to you, once nothing of it is under way or unchecked.</summary>
    [Post("/v1/nodes/release")]
    Task<ReleasedStake> ReleaseStakeAsync([Body] StakeRelease release, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    /// <summary>For operators: lets a node work again that was caught cheating; it is a newcomer.</summary>
    [Post("/v1/admin/nodes/readmit")]
    Task<NodeRecord> ReadmitNodeAsync([Body] NodeReference node, CancellationToken cancel = default);

    /// <summary>How the platform stands with the chain. This and all that follows about the chain is <c>chain.none</c> where the platform has none.</summary>
    [Get("/v1/chain")]
    Task<ChainInfo> GetChainAsync(CancellationToken cancel = default);

    /// <summary>Your wallet, with what the chain says that it has.</summary>
    [Get("/v1/wallet")]
    Task<Wallet> GetWalletAsync(CancellationToken cancel = default);

    /// <summary>A message to sign with the wallet that shall be yours.</summary>
    [Post("/v1/wallet/challenge")]
    Task<WalletChallenge> ChallengeWalletAsync([Body] WalletChallengeRequest request, CancellationToken cancel = default);

    /// <summary>Links the wallet that signed; it takes the place of the one before.</summary>
    [Put("/v1/wallet")]
    Task<Wallet> LinkWalletAsync([Body] WalletProof proof, CancellationToken cancel = default);

    /// <summary>A message to sign in with; needs no API key.</summary>
    [Post("/v1/session/challenge")]
    Task<WalletChallenge> ChallengeSessionAsync([Body] WalletChallengeRequest request, CancellationToken cancel = default);

    /// <summary>Signs in with a wallet: an API key for a day, of the account that the wallet belongs to, or of a new one. Needs no API key.</summary>
    [Post("/v1/session")]
    Task<NewApiKey> OpenSessionAsync([Body] WalletProof proof, CancellationToken cancel = default);

    /// <summary>Your deposits, the newest first.</summary>
    [Get("/v1/chain/deposits")]
    Task<IReadOnlyList<Deposit>> GetDepositsAsync(int skip = 0, int limit = 100, CancellationToken cancel = default);

    /// <summary>Sets NTK aside and pays them out to a wallet with the next batch.</summary>
    [Post("/v1/chain/withdrawals")]
    Task<Withdrawal> WithdrawAsync([Body] WithdrawalRequest request, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    /// <summary>Your withdrawals, the newest first.</summary>
    [Get("/v1/chain/withdrawals")]
    Task<IReadOnlyList<Withdrawal>> GetWithdrawalsAsync(int skip = 0, int limit = 100, CancellationToken cancel = default);

    [Get("/v1/chain/withdrawals/{id}")]
    Task<Withdrawal> GetWithdrawalAsync(Guid id, CancellationToken cancel = default);

    /// <summary>Takes a withdrawal back that is only held.</summary>
    [Post("/v1/chain/withdrawals/{id}/cancel")]
    Task<Withdrawal> CancelWithdrawalAsync(Guid id, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);

    /// <summary>The newest statement of what the platform owes.</summary>
    [Get("/v1/chain/liabilities")]
    Task<Liabilities> GetLiabilitiesAsync(CancellationToken cancel = default);

    /// <summary>The proof, as a JSON file, that your balance is in such a statement.</summary>
    /// <param name="epoch">One of the last 30; null for the newest.</param>
    [Get("/v1/chain/liabilities/proof")]
    Task<HttpContent> GetLiabilityProofAsync(long? epoch = null, CancellationToken cancel = default);

    /// <summary>For operators: states what the platform owes, now.</summary>
    [Post("/v1/admin/chain/epochs")]
    Task<Liabilities> PublishLiabilitiesAsync(CancellationToken cancel = default);

    /// <summary>For operators: deposits for accounts that the platform does not have.</summary>
    [Get("/v1/admin/chain/unclaimed")]
    Task<IReadOnlyList<UnclaimedDeposit>> GetUnclaimedAsync(int skip = 0, int limit = 100, CancellationToken cancel = default);

    /// <summary>For operators: gives an unclaimed deposit to an account.</summary>
    [Post("/v1/admin/chain/unclaimed/{id}")]
    Task AssignUnclaimedAsync(Guid id, [Body] UnclaimedAssignment assignment, CancellationToken cancel = default, [Header("Idempotency-Key")] string? idempotencyKey = null);
}

/// <summary>What a node can ask of a platform.</summary>
public interface INodeApi
{
    [Post("/v1/nodes/challenge")]
    Task<Challenge> ChallengeAsync(CancellationToken cancel = default);

    [Post("/v1/nodes/join")]
    Task<JoinReply> JoinAsync([Body] JoinRequest request, CancellationToken cancel = default);

    /// <summary>Asks for another floor, for quotes from now on.</summary>
    [Put("/v1/nodes/me/floor")]
    Task ChangeFloorAsync([Authorize("Bearer")] string token, [Body] FloorChange change, CancellationToken cancel = default);

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
