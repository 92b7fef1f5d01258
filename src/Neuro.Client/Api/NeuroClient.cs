using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Client.Accounts;
using Neuro.Client.Chain;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Refit;

namespace Neuro.Client.Api;

/// <summary>A connection to a platform: the one object that a notebook or script needs.</summary>
public sealed class NeuroClient : IAsyncDisposable
{
    // A minute and a half in all: time for a platform to be restarted or updated.
    private const int MostReconnects = 20;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // A replica that hangs keeps its connections and says nothing on them; another one answers.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private readonly ServiceProvider services;
    private readonly HttpClient streams;

    private NeuroClient(ServiceProvider services, Uri url, string cacheFolder)
    {
        this.services = services;
        Url = url;
        Api = services.GetRequiredService<INeuroApi>();
        streams = services.GetRequiredService<IHttpClientFactory>().CreateClient("streams");
        Artifacts = new ArtifactStore(streams, cacheFolder);
    }

    /// <summary>The platform's address.</summary>
    public Uri Url { get; }

    /// <summary>The plain API, call by call; the methods of this class are shorter.</summary>
    public INeuroApi Api { get; }

    /// <summary>Uploads and downloads.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>Connects to a platform and checks that it answers.</summary>
    /// <param name="url">Its address; null for the one that runs on this machine, or <c>NEURO_URL</c>.</param>
    /// <param name="apiKey">Your key; null for the first user of the platform on this machine, or <c>NEURO_API_KEY</c>.</param>
    /// <exception cref="NeuroException"><c>platform.not_running</c>, <c>platform.unreachable</c>, <c>http.401</c>.</exception>
    public static async Task<NeuroClient> ConnectAsync(string? url = null, string? apiKey = null, CancellationToken cancel = default)
    {
        var here = Connection.Read();
        url ??= Environment.GetEnvironmentVariable("NEURO_URL") ?? here?.Url
            ?? throw new NeuroException("platform.not_running", $"No platform runs on this machine (nothing in {DataFolder.Path}). Start one with `neuro up`, or connect to an address.");
        apiKey ??= Environment.GetEnvironmentVariable("NEURO_API_KEY") ?? (here?.Url == url ? here.ApiKey : null)
            ?? throw new NeuroException("account.no_key", $"Connecting to {url} needs an API key: pass one, or set NEURO_API_KEY.");
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new NeuroException("platform.bad_url", $"'{url}' is not an address; expected something like https://neuro.example or http://127.0.0.1:5080.");
        }

        var client = new NeuroClient(Services(address, apiKey).BuildServiceProvider(), address, DataFolder.Cache());
        try
        {
            await client.Api.GetAccountAsync(cancel);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>The Refit clients of a platform, resilient: three retries with back-off, since every call may be sent twice.</summary>
    public static IServiceCollection Services(Uri url, string? apiKey)
    {
        var settings = new RefitSettings(new SystemTextJsonContentSerializer(NeuroJson.Options))
        {
            ExceptionFactory = async reply => await Problems.ReadAsync(reply),
            TransportExceptionFactory = (_, broken, _) => broken,
        };
        void Configure(HttpClient http)
        {
            http.BaseAddress = url;
            http.DefaultRequestHeaders.Add(Contract.Header, Contract.Spoken);
            http.DefaultRequestHeaders.Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
        }

        var services = new ServiceCollection();
        foreach (var refit in new[] { services.AddRefitGeneratedClient<INeuroApi>(settings), services.AddRefitGeneratedClient<INodeApi>(settings) })
        {
            refit.ConfigureHttpClient(Configure).AddHttpMessageHandler(() => new UnreachableHandler(url)).AddStandardResilienceHandler(resilience =>
            {
                resilience.AttemptTimeout.Timeout = TimeSpan.FromSeconds(30);
                resilience.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(120);
                resilience.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(60);
                resilience.Retry.Delay = TimeSpan.FromMilliseconds(200);
            });
        }

        services.AddHttpClient("streams", http =>
        {
            Configure(http);
            http.Timeout = Timeout.InfiniteTimeSpan;
        }).AddHttpMessageHandler(() => new UnreachableHandler(url));
        return services;
    }

    /// <summary>Your API keys, without their secrets.</summary>
    public Task<IReadOnlyList<ApiKey>> KeysAsync(CancellationToken cancel = default) => Api.GetKeysAsync(cancel);

    /// <summary>Makes an API key; note its secret, nobody can show it again.</summary>
    /// <param name="scopes">read, trade, publish, admin, of those that your own key has; everything when left out.</param>
    /// <param name="expires">Never when left out.</param>
    public Task<NewApiKey> CreateKeyAsync(string name, IReadOnlyList<string>? scopes = null, DateTimeOffset? expires = null, CancellationToken cancel = default) =>
        Api.CreateKeyAsync(new ApiKeyRequest(name, scopes, expires), cancel);

    /// <summary>A new secret for a key.</summary>
    /// <param name="graceMinutes">How long the old secret is still accepted.</param>
    public Task<NewApiKey> RotateKeyAsync(Guid id, int graceMinutes = 0, CancellationToken cancel = default) => Api.RotateKeyAsync(id, new ApiKeyRotation(graceMinutes), cancel);

    /// <summary>Deletes a key: it is refused from then on.</summary>
    public Task DeleteKeyAsync(Guid id, CancellationToken cancel = default) => Api.DeleteKeyAsync(id, cancel);

    public Task<Balance> BalanceAsync(CancellationToken cancel = default) => Api.GetBalanceAsync(cancel);

    /// <summary>Buys NTK from the platform's treasury at the set price.</summary>
    public Task<Purchase> BuyAsync(Ntk amount, CancellationToken cancel = default)
    {
        var request = new PurchaseRequest(Guid.CreateVersion7(), amount);
        return Api.BuyAsync(request, cancel, request.Id.ToString());
    }

    /// <summary>Sets NTK aside and pays them out to a wallet with the next batch.</summary>
    public Task<Withdrawal> WithdrawAsync(Ntk amount, string to, CancellationToken cancel = default)
    {
        var request = new WithdrawalRequest(Guid.CreateVersion7(), to, amount);
        return Api.WithdrawAsync(request, cancel, request.Id.ToString());
    }

    /// <summary>Links a wallet to your account.</summary>
    /// <param name="sign">Signs the message with the wallet (<c>personal_sign</c>) and gives the signature as hex.</param>
    public async Task<Wallet> LinkWalletAsync(string address, Func<string, Task<string>> sign, CancellationToken cancel = default)
    {
        var challenge = await Api.ChallengeWalletAsync(new(address), cancel);
        return await Api.LinkWalletAsync(new(challenge.Message, await sign(challenge.Message)), cancel);
    }

    /// <summary>The proof, as JSON, that your balance is in what the platform says it owes: write it to a file, and check it without the platform.</summary>
    /// <param name="epoch">One of the last 30; null for the newest.</param>
    public async Task<string> LiabilityProofAsync(long? epoch = null, CancellationToken cancel = default)
    {
        using var content = await Api.GetLiabilityProofAsync(epoch, cancel);
        return await content.ReadAsStringAsync(cancel);
    }

    /// <summary>Signs in with a wallet: an API key for a day.</summary>
    /// <param name="sign">Signs the message with the wallet (<c>personal_sign</c>) and gives the signature as hex.</param>
    public static async Task<NewApiKey> SignInAsync(Uri url, string address, Func<string, Task<string>> sign, CancellationToken cancel = default)
    {
        await using var services = Services(url, apiKey: null).BuildServiceProvider();
        var api = services.GetRequiredService<INeuroApi>();
        var challenge = await api.ChallengeSessionAsync(new(address), cancel);
        return await api.OpenSessionAsync(new(challenge.Message, await sign(challenge.Message)), cancel);
    }

    /// <summary>The newest lines of your ledger first.</summary>
    public Task<IReadOnlyList<LedgerLine>> LedgerAsync(int limit = 50, CancellationToken cancel = default) => Api.GetLedgerAsync(limit, cancel);

    public Task<IReadOnlyList<GeneratorListing>> GeneratorsAsync(CancellationToken cancel = default) => Api.GetGeneratorsAsync(cancel);

    /// <summary>Buys a licence at the price that the listing shows; a price or version that changed since is refused.</summary>
    public Task<Licence> BuyLicenceAsync(Listing listing, CancellationToken cancel = default)
    {
        var price = listing.Price ?? throw new NeuroException("listing.no_price", $"'{listing.Name}' has no posted price. Ask its supplier for a quote.");
        var purchase = new LicencePurchase(Guid.CreateVersion7(), listing.Version, price);
        return Api.BuyLicenceAsync(listing.Id, purchase, cancel, purchase.Id.ToString());
    }

    public Task<IReadOnlyList<NodeView>> NodesAsync(CancellationToken cancel = default) => Api.GetNodesAsync(cancel);

    /// <summary>The price of a whole job.</summary>
    /// <param name="deadline">How long it may take; an hour if left out.</param>
    /// <param name="limit">The most to pay per CU.</param>
    public Task<Quote> QuoteAsync(JobSpec job, TimeSpan? deadline = null, Ntk? limit = null, CancellationToken cancel = default) =>
        QuoteAsync(new QuoteRequest(job, deadline, limit), cancel);

    /// <summary>The price of a whole job.</summary>
    public Task<Quote> QuoteAsync(QuoteRequest request, CancellationToken cancel = default) => Api.QuoteAsync(request, cancel);

    /// <summary>Orders a quoted job; its cap is held until the job ends.</summary>
    public Task<Job> OrderAsync(Quote quote, CancellationToken cancel = default)
    {
        var request = new OrderRequest(Guid.CreateVersion7(), quote.Id);
        return Api.OrderAsync(request, cancel, request.Id.ToString());
    }

    public Task<IReadOnlyList<Receipt>> ReceiptsAsync(Guid job, CancellationToken cancel = default) => Api.GetReceiptsAsync(job, cancel);

    /// <summary>A job's receipts with the platform's key, and recipe and seed of the dataset: write its <c>ToJson()</c> to a file, and <c>neuro verify</c> checks it without the platform.</summary>
    public async Task<ReceiptBundle> ReceiptBundleAsync(Job job, CancellationToken cancel = default)
    {
        var platform = await Api.GetPlatformAsync(cancel);
        var dataset = job.DatasetId is { } id ? await Api.GetDatasetAsync(id, cancel) : null;
        return new(Url, platform.PublicKey, await ReceiptsAsync(job.Id, cancel), dataset);
    }

    /// <summary>A job's progress from its beginning until it ends; goes on by itself when the connection breaks or the platform is started again.</summary>
    public async IAsyncEnumerable<JobProgress> FollowAsync(Guid job, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var curve = new List<TrainingPoint>();
        var state = await Api.GetJobAsync(job, cancel);
        long seen = 0;
        for (var ended = false; !ended;)
        {
            var before = seen;
            await foreach (var now in EventsAsync(job, seen, cancel))
            {
                seen = now.Sequence;
                if (now.Point is { } point)
                {
                    curve.Add(point);
                }

                if (now.Type != "progress")
                {
                    state = await PatientlyAsync(() => Api.GetJobAsync(job, cancel), cancel);
                }

                var elapsed = now.At - state.CreatedAt;
                TimeSpan? remaining = now.Fraction is > 0.01 and <= 1 ? elapsed * ((1 - now.Fraction) / now.Fraction) : null;
                yield return new JobProgress(state, now.Fraction, elapsed, remaining, now.Text, [.. curve]) { Event = now };
                ended |= now.Type == "ended";
            }

            if (seen == before)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancel); // A platform that is stopping ends the stream at once.
            }
        }
    }

    /// <summary>Waits for a job to succeed.</summary>
    /// <param name="progress">Called whenever something happened.</param>
    /// <exception cref="NeuroException"><c>job.failed</c> or <c>job.cancelled</c>, with the reason.</exception>
    public async Task<Job> CompleteAsync(Job job, Action<JobProgress>? progress = null, CancellationToken cancel = default)
    {
        var last = job;
        await foreach (var now in FollowAsync(job.Id, cancel))
        {
            progress?.Invoke(now);
            last = now.Job;
        }

        return last.State == JobState.Succeeded
            ? last
            : throw new NeuroException(last.State == JobState.Cancelled ? "job.cancelled" : "job.failed", $"Job {last.Id} ({last.Title}): {last.Error ?? "it was cancelled"}. {last.Returned} NTK came back.");
    }

    /// <summary>The dataset that a render job made.</summary>
    public Task<DatasetManifest> DatasetAsync(Job job, CancellationToken cancel = default) =>
        Api.GetDatasetAsync(job.DatasetId ?? throw new NeuroException("job.no_dataset", $"Job {job.Id} is a {job.Kind} job in state {job.State} and made no dataset."), cancel);

    /// <summary>The model that a training job made.</summary>
    public Task<ModelManifest> ModelAsync(Job job, CancellationToken cancel = default) =>
        Api.GetModelAsync(job.ModelId ?? throw new NeuroException("job.no_model", $"Job {job.Id} is a {job.Kind} job in state {job.State} and made no model."), cancel);

    /// <summary>Local paths of a dataset's shards, downloaded where they are not here yet.</summary>
    public async Task<IReadOnlyList<string>> DownloadAsync(DatasetManifest dataset, CancellationToken cancel = default)
    {
        var paths = new List<string>(dataset.Shards.Count);
        foreach (var shard in dataset.Shards)
        {
            paths.Add(await Artifacts.DownloadAsync(shard, cancel));
        }

        return paths;
    }

    /// <summary>Local path of a model's package (tar), downloaded if it is not here yet.</summary>
    public Task<string> DownloadAsync(ModelManifest model, CancellationToken cancel = default) => Artifacts.DownloadAsync(model.Package, cancel);

    public async ValueTask DisposeAsync() => await services.DisposeAsync();

    // Waits for a platform that was there a moment ago.
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (NeuroException away) when ((away.Code == "platform.unreachable" || away.Status is 429 or >= 500) && attempt <= MostReconnects)
            {
                await Task.Delay(attempt * TimeSpan.FromSeconds(0.5) < LongestWait ? attempt * TimeSpan.FromSeconds(0.5) : LongestWait, cancel);
            }
        }
    }

    // One connection's worth of events; ends quietly when the connection does.
    private async IAsyncEnumerable<JobEvent> EventsAsync(Guid job, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        silence.CancelAfter(LongestSilence);
        using var reply = await PatientlyAsync(OpenAsync, cancel);
        if (reply is null)
        {
            yield break;
        }

        await using var stream = await reply.Content.ReadAsStreamAsync(cancel);
        await using var events = SseParser.Create(stream).EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
        while (await NextAsync())
        {
            yield return JsonSerializer.Deserialize<JobEvent>(events.Current.Data, NeuroJson.Options)!;
        }

        async Task<HttpResponseMessage?> OpenAsync()
        {
            try
            {
                var opened = await streams.GetAsync($"v1/jobs/{job}/events?after={after}", HttpCompletionOption.ResponseHeadersRead, silence.Token);
                await Problems.ThrowIfFailedAsync(opened, cancel);
                return opened;
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return null;
            }
        }

        async ValueTask<bool> NextAsync()
        {
            try
            {
                silence.CancelAfter(LongestSilence);
                return await events.MoveNextAsync();
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
