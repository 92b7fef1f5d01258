using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Chain;
using Neuro.Backend.Chain.Deposits;
using Neuro.Backend.Chain.Exits;
using Neuro.Backend.Chain.Liabilities;
using Neuro.Backend.Chain.Wallets;
using Neuro.Backend.Chain.Withdrawals;
using Neuro.Backend.Cluster;
using Neuro.Backend.Dispatch;
using Neuro.Backend.Exchange;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.Listings;
using Neuro.Backend.Market;
using Neuro.Backend.Market.Estimates;
using Neuro.Backend.Nodes;
using Neuro.Backend.Operations;
using Neuro.Backend.Storage;
using Neuro.Backend.Telemetry;
using Neuro.Backend.Treasury;
using Neuro.Backend.Verification;
using Neuro.Client.Api;

namespace Neuro.Backend.Portal;

/// <summary>Puts the parts together behind one address.</summary>
internal static class Portal
{
    /// <summary>The largest body but for an artifact, bytes.</summary>
    public const long LargestRequest = 4 << 20;

    /// <summary>Whoever sends a body slower than this keeps a connection for nothing.</summary>
    private const int SlowestBytesPerSecond = 1024;

    public static WebApplication Build(PlatformOptions options, Database database, PlatformKeys keys)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = options.DataFolder, EnvironmentName = Environments.Production });
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Limits.RequestHeadersTimeout = options.CallerPatience;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(SlowestBytesPerSecond, options.CallerPatience);
        });
        builder.Logging.ClearProviders().AddProvider(new ErrorLog(options.DataFolder, options.Time));
        // The framework would log addresses as they were sent, with whatever is in them.
        builder.Logging.SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        if (options.Verbose || options.JsonLog)
        {
            builder.Logging.AddProvider(new LineLog(options.Log, options.JsonLog, options.Time));
        }

        AddParts(builder.Services, options, database, keys);
        AddHttp(builder.Services);
        builder.Services.AddTelemetry();
        builder.Services.AddRateLimits(options);
        var app = builder.Build();
        app.UseMiddleware<ProblemWriter>();
        app.UseMiddleware<ContractCheck>();
        app.UseRouting();
        app.UseMiddleware<DrainGate>();
        app.UseMiddleware<ExchangeForwarding>();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseMiddleware<AuditTrail>();
        app.UseAuthorization();
        app.UseMiddleware<RightsCheck>();
        app.Use(CheckCharset);
        app.Use(ChainApi.StopWhereExitsAreOpen);
        app.UseMiddleware<Idempotency>();
        app.UseMiddleware<ProblemWriter>(); // Again: an error is an answer too, and kept like one.
        Map(app);
        return app;
    }

    private static void AddParts(IServiceCollection services, PlatformOptions options, Database database, PlatformKeys keys)
    {
        services.AddSingleton(options).AddSingleton(options.Time).AddSingleton(database).AddSingleton(keys);
        services.AddSingleton(_ => new Ledger.Ledger(database, options.Time)).AddSingleton<Statements>();
        services.AddSingleton<AccountDirectory>().AddSingleton<KeyDesk>().AddSingleton<Tokens>().AddSingleton<NodeRegistry>().AddSingleton<NodeRecords>().AddSingleton<Stakes>();
        services.AddSingleton<AuditLog>().AddSingleton<IdempotentAnswers>().AddSingleton<Health>();
        services.AddSingleton<Drain>().AddSingleton<OperatorDesk>();
        AddArtifacts(services, options, database);
        services.AddSingleton<Workloads>().AddSingleton<PlanContexts>().AddSingleton<GeneratorDesk>().AddSingleton<Estimator>().AddSingleton<QuoteDesk>();
        services.AddSingleton<Signals>().AddSingleton<JobLog>().AddSingleton<JobViews>().AddSingleton<ProductViews>().AddSingleton<Products>();
        services.AddSingleton<OrderDesk>().AddSingleton<Settlement>().AddSingleton<JobCloser>().AddSingleton<RoundKeeper>();
        services.AddSingleton<Pools>().AddSingleton<HeldLeases>().AddSingleton<Stragglers>().AddSingleton<Rounds>().AddSingleton<Claims>().AddSingleton<JobBoard>();
        services.AddSingleton<Copies>().AddSingleton<Examiner>().AddSingleton<Conviction>().AddSingleton<Recheck>().AddSingleton<Overhead>();
        services.AddSingleton<Leases>().AddSingleton<Exchange.Exchange>().AddSingleton<DatasetLicences>();
        services.AddSingleton<TreasuryDesk>().AddSingleton<TreasurySettings>().AddSingleton<House>().AddSingleton<CashDesk>();
        services.AddSingleton<MarketMaker>().AddSingleton<Buyback>().AddSingleton<Burns>().AddSingleton<TreasuryDuties>();
        services.AddSingleton<Gates>().AddSingleton<Assets>().AddSingleton<ListingViews>().AddSingleton<ListingDesk>().AddSingleton<Licences>().AddSingleton<DealViews>().AddSingleton<DealDesk>();
        services.AddSingleton<ChainLink>().AddSingleton<Backing>().AddSingleton<VaultLog>().AddSingleton<DepositDesk>().AddSingleton<WithdrawalDesk>().AddSingleton<ExitDesk>().AddSingleton<Batches>().AddSingleton<Outbox>();
        services.AddSingleton<Epochs>().AddSingleton<Challenges>().AddSingleton<WalletDesk>().AddSingleton<ChainDuties>().AddHostedService(parts => parts.GetRequiredService<ChainDuties>());
        services.AddHostedService(parts => parts.GetRequiredService<Claims>()).AddHostedService<Verifier>().AddHostedService(parts => parts.GetRequiredService<RoundKeeper>()).AddHostedService<Timekeeper>().AddHostedService(parts => parts.GetRequiredService<Estimator>());
        if (database.IsPostgres)
        {
            services.AddSingleton<Replica>().AddHostedService(parts => parts.GetRequiredService<Replica>()).AddHostedService<Relay>();
        }
    }

    private static void AddArtifacts(IServiceCollection services, PlatformOptions options, Database database)
    {
        var folder = options.ArtifactsFolder ?? Path.Combine(options.DataFolder, "artifacts");
        services.AddSingleton(_ => Stores.Open(options));
        services.AddSingleton(parts => new ArtifactFiles(database, parts.GetRequiredService<IByteStore>(), parts.GetService<LocalCopies>(), options.Time));
        services.AddSingleton(parts => new Uploads(database, parts.GetRequiredService<IByteStore>(), parts.GetService<LocalCopies>(), parts.GetRequiredService<Quota>(), options.Time, folder));
        services.AddSingleton<Quota>().AddSingleton<Collector>();
        services.AddSingleton<ArtifactKeeper>().AddHostedService(parts => parts.GetRequiredService<ArtifactKeeper>());
        if (options.S3 is not null)
        {
            services.AddSingleton(parts => new LocalCopies(parts.GetRequiredService<IByteStore>(), Path.Combine(options.DataFolder, "copies"), options.Time));
        }
    }

    private static void AddHttp(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            NeuroJson.Configure(json.SerializerOptions);
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.Converters.Add(new StrictJsonObject());
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddAuthentication(BearerAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(BearerAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Account, policy => policy.RequireClaim(Caller.AccountClaim))
            .AddPolicy(Policies.Node, policy => policy.RequireClaim(Caller.NodeClaim))
            .AddPolicy(Policies.Anyone, policy => policy.RequireAuthenticatedUser());
        services.AddOpenApi(openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Neuro";
            document.Info.Description = "Accounts, ledger, market, jobs, nodes and artifacts. Every error is problem details (RFC 9457) with a stable code.";
            document.Servers = [];
            return Task.CompletedTask;
        }));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    // JSON that travels is UTF-8 (RFC 8259, section 8.1). What reads it would break on a name that it does not know.
    private static Task CheckCharset(HttpContext context, RequestDelegate next) =>
        context.Request.HasJsonContentType() && MediaTypeHeaderValue.Parse(context.Request.ContentType) is { Charset.HasValue: true } type && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? throw new NeuroException("request.bad_charset", $"The request's JSON is said to be {Words.Clip(type.Charset.ToString(), 50)}; send it as UTF-8.") { Status = StatusCodes.Status415UnsupportedMediaType }
            : next(context);

    private static void Map(WebApplication app)
    {
        app.MapOpenApi();
        app.MapHealth();
        app.MapAccounts();
        app.MapAudit();
        app.MapTelemetry();
        app.MapOperations();
        app.MapLedger();
        app.MapMarket();
        app.MapExchange();
        app.MapTreasury();
        app.MapListings();
        app.MapChain();
        app.MapJobs();
        app.MapNodes();
        app.MapShards();
        app.MapArtifacts();
    }
}
