using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Tests.Telemetry;

public sealed class OtlpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Platform_WithACollector_SendsItSpansAndMetricsWithoutSecrets()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-otlp-").FullName;
        using var collector = new Collector();
        using var platform = CrashChild.Start(
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            },
            CrashChild.PlatformVerb, folder);
        try
        {
            var url = new Uri((await platform.StandardOutput.ReadLineAsync(Cancel))!);
            var (key, owner) = (await File.ReadAllTextAsync(Path.Combine(folder, "first-user.key"), Cancel), await File.ReadAllTextAsync(Path.Combine(folder, "node-owner.key"), Cancel));
            await using var customer = await NeuroClient.ConnectAsync(url.ToString(), key.Trim(), Cancel);
            await customer.BuyAsync(Ntk.Of(100), Cancel);
            await using var node = new TestNode(url, "node");
            await node.JoinAsync(owner.Trim(), Ntk.Parse("1.234567891"));
            var job = await TestPlatform.OrderAsync(customer, NumberWork.Spec(2));
            var lease = await node.ClaimOneAsync();
            await node.WorkAsync(lease);
            await customer.CompleteAsync(job, cancel: Cancel);
            await TestPlatform.OrderAsync(customer, NumberWork.Spec(1)); // Runs until the end: running jobs have a price.
            using (var lost = new HttpClient { BaseAddress = url })
            {
                (await lost.GetAsync($"v1/platform?key={key.Trim()}", Cancel)).EnsureSuccessStatusCode();
                (await lost.GetAsync($"v1/{key.Trim()}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            }

            foreach (var span in new[] { "neuro.quote", "neuro.order", "neuro.claim", "neuro.verify", "neuro.pay", "neuro.ledger.batch", "/v1/jobs", "/v1/platform" })
            {
                await collector.ReceivedAsync("/v1/traces", span);
            }

            foreach (var metric in new[] { "neuro.shards.open", "neuro.lease.age", "neuro.price.clearing", "neuro.nodes.live", "http.server.request.duration" })
            {
                await collector.ReceivedAsync("/v1/metrics", metric);
            }

            foreach (var secret in new[] { key.Trim(), owner.Trim(), node.Token, lease.Token, "1.234567891", "1234567891" })
            {
                collector.Bodies.ShouldAllBe(body => !body.Text.Contains(secret));
            }
        }
        finally
        {
            platform.Kill();
            await platform.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Takes what is sent over OTLP/HTTP and keeps its bytes, in which protobuf leaves strings as they are.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly ConcurrentQueue<(string Path, string Text)> bodies = new();
        private volatile TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Collector()
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
            free.Stop();
            listener.Prefixes.Add(Url);
            listener.Start();
            _ = TakeAsync();
        }

        public string Url { get; }

        public IReadOnlyCollection<(string Path, string Text)> Bodies => bodies;

        public async Task ReceivedAsync(string path, string word)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(60));
            while (true)
            {
                var next = more.Task;
                if (bodies.Any(body => body.Path == path && body.Text.Contains(word)))
                {
                    return;
                }

                try
                {
                    await next.WaitAsync(patience.Token);
                }
                catch (OperationCanceledException)
                {
                    Assert.Fail($"'{word}' did not come to {path}; {bodies.Count} bodies came.");
                }
            }
        }

        public void Dispose() => listener.Close();

        private async Task TakeAsync()
        {
            try
            {
                while (true)
                {
                    var call = await listener.GetContextAsync();
                    var body = new MemoryStream();
                    await call.Request.InputStream.CopyToAsync(body);
                    call.Response.ContentType = "application/x-protobuf";
                    call.Response.Close();
                    bodies.Enqueue((call.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                    Interlocked.Exchange(ref more, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
