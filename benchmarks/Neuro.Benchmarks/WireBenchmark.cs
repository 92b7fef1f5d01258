using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend;
using Neuro.Backend.Accounts;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>wire</c>: nodes that speak HTTP over loopback, a connection each: what a claim and a heart-beat cost the server, in microseconds of its processor.</summary>
/// <remarks>The server is a process of its own. Each node claims a few shards, then all beat in turn, a little further each time, so that some beats are written down.</remarks>
internal static class WireBenchmark
{
    private const string Server = "server";
    private const int ClaimsANode = 5;
    private const int ShardsAJob = 10_000;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [Server, var count, var data, .. var where])
        {
            return await ServeAsync(int.Parse(count, CultureInfo.InvariantCulture), data, where.Length == 1 ? where[0] : null);
        }

        var nodes = args is ["--nodes", var value, ..] && int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 10_000 ? number : 2000;
        return LoadOptions.Parse("wire [--nodes 2000]", args is ["--nodes", _, .. var rest] ? rest : args, new(nodes, 5, "sqlite")) is { } options
            ? await options.OnEngineAsync((folder, postgres) => MeasureAsync(options, folder, postgres))
            : 1;
    }

    /// <summary>The server: says where it listens and the token of each of its nodes, and stops when its input ends.</summary>
    private static async Task<int> ServeAsync(int count, string data, string? postgres)
    {
        await using var platform = await Platform.StartAsync(new() { DataFolder = data, PostgresConnectionString = postgres, Workloads = [new BenchWork()], RequestsPerSecond = 1e6, RequestBurst = 1_000_000_000 });
        var fleet = await Fleet.JoinAsync(platform, count);
        var tokens = platform.Services.GetRequiredService<Tokens>();
        await using var customer = await NeuroClient.ConnectAsync(platform.Url.ToString(), platform.FirstUserKey);
        await customer.BuyAsync(Ntk.Of(1_000_000));
        for (var shards = 0; shards < count * (ClaimsANode + 1); shards += ShardsAJob)
        {
            await customer.OrderAsync(await customer.QuoteAsync(new RenderSpec("{}", (ulong)shards, ShardsAJob)));
        }

        Console.WriteLine($"{platform.Url} {string.Join(' ', fleet.Nodes.Select(node => tokens.Node(node.Id, DateTimeOffset.UtcNow.AddHours(1))))}");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task MeasureAsync(LoadOptions options, string folder, string? postgres)
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["wire", Server, options.Callers.ToString(CultureInfo.InvariantCulture), folder, .. postgres is null ? Array.Empty<string>() : [postgres]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            if (await server.StandardOutput.ReadLineAsync() is not { } said || said.Split(' ') is not [var address, .. var tokens])
            {
                throw new InvalidOperationException("The server did not start.");
            }

            var url = new Uri(address);
            var nodes = await Task.WhenAll(tokens.Select(async token => new WireNode(await RawHttp.ConnectAsync(url), url, token)));
            await Task.WhenAll(nodes.Select(node => node.ClaimAsync())); // Until the code is compiled.
            var claims = await CostAsync(server, async () =>
            {
                await Task.WhenAll(nodes.Select(node => Task.Run(async () =>
                {
                    for (var i = 0; i < ClaimsANode; i++)
                    {
                        await node.ClaimAsync();
                    }
                })));
                return nodes.Length * ClaimsANode;
            });
            var end = TimeSpan.FromSeconds(options.Seconds);
            var beats = await CostAsync(server, async () =>
            {
                var watch = Stopwatch.StartNew();
                var counts = await Task.WhenAll(nodes.Select(node => Task.Run(async () =>
                {
                    var count = 0;
                    for (; watch.Elapsed < end; count++)
                    {
                        await node.BeatAsync(Math.Min(0.99, 0.01 * count));
                    }

                    return count;
                })));
                return counts.Sum();
            });
            Array.ForEach(nodes, node => node.Dispose());
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"wire engine={options.Engine} nodes={nodes.Length} claim_cpu_us={claims.CpuMicroseconds:0} claims_per_s={claims.PerSecond:0} beat_cpu_us={beats.CpuMicroseconds:0} beats_per_s={beats.PerSecond:0}"));
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
        }
    }

    private static async Task<(double CpuMicroseconds, double PerSecond)> CostAsync(Process server, Func<Task<int>> work)
    {
        server.Refresh();
        var (cpu, watch) = (server.TotalProcessorTime, Stopwatch.StartNew());
        var done = await work();
        var seconds = watch.Elapsed.TotalSeconds;
        server.Refresh();
        return ((server.TotalProcessorTime - cpu).TotalMicroseconds / done, done / seconds);
    }

    private sealed class WireNode(Socket socket, Uri url, string token) : IDisposable
    {
        private readonly byte[] answer = new byte[16 * 1024];
        private Lease? lease;

        public async Task ClaimAsync()
        {
            var length = await AskAsync("/v1/nodes/claim", "");
            var text = Encoding.UTF8.GetString(answer, 0, length);
            // The body is one chunk: between the line that gives its size and the empty one.
            var json = text[text.IndexOf('{')..(text.LastIndexOf('}') + 1)];
            lease = JsonSerializer.Deserialize<Claim>(json, NeuroJson.Options)!.Lease ?? throw new InvalidOperationException("There were no shards left.");
        }

        public async Task BeatAsync(double fraction) =>
            await AskAsync($"/v1/nodes/shards/{lease!.ShardId}/heartbeat", JsonSerializer.Serialize(new Heartbeat(lease.Token, fraction), NeuroJson.Options));

        public void Dispose() => socket.Dispose();

        private async Task<int> AskAsync(string path, string body)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
            return await RawHttp.AnswerAsync(socket, answer);
        }
    }
}
