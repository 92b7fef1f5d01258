using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Neuro.Backend;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>api</c>: reads of a balance a second over HTTP beside an empty address of the same server (<c>/health/live</c>), as a ratio.</summary>
/// <remarks>
/// The server is a process of its own, and this one asks it through sockets that stay open, with requests and a reader made beforehand: on two cores a full HTTP client would take
/// more of the machine than the server. Every caller has an account and a key of its own. The two addresses take turns, a few seconds each; every figure is the median of the rounds. Requests a second are bounded by both processes,
/// so the server's processor time per request is printed too; what PostgreSQL itself uses is not in it. The limits on requests are set out of reach; all else is as shipped.
/// </remarks>
internal static class ApiBenchmark
{
    private const string Server = "server";
    private const int Rounds = 5;

    private readonly record struct Load(double PerSecond, double CpuMicroseconds);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [Server, var accounts, var data, .. var where])
        {
            return await ServeAsync(int.Parse(accounts, CultureInfo.InvariantCulture), data, where.Length == 1 ? where[0] : null);
        }

        return LoadOptions.Parse("api", args, new(64, 2, "sqlite")) is { } options ? await options.OnEngineAsync((folder, postgres) => MeasureAsync(options, folder, postgres)) : 1;
    }

    /// <summary>The server: says where it listens and the key of each of its accounts, and stops when its input ends.</summary>
    private static async Task<int> ServeAsync(int accounts, string data, string? postgres)
    {
        await using var platform = await Platform.StartAsync(new() { DataFolder = data, PostgresConnectionString = postgres, RequestsPerSecond = 1e6, RequestBurst = 1_000_000_000 });
        var keys = new List<string>();
        while (keys.Count < accounts)
        {
            keys.Add(await platform.CreateAccountAsync("customer", $"customer {keys.Count}"));
        }

        Console.WriteLine($"{platform.Url} {string.Join(' ', keys)}");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task MeasureAsync(LoadOptions options, string folder, string? postgres)
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["api", Server, options.Callers.ToString(CultureInfo.InvariantCulture), folder, .. postgres is null ? Array.Empty<string>() : [postgres]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            if (await server.StandardOutput.ReadLineAsync() is not { } said || said.Split(' ') is not [var address, .. var keys])
            {
                throw new InvalidOperationException("The server did not start.");
            }

            var url = new Uri(address);
            var empty = Enumerable.Repeat(Request(url, "/health/live", null), options.Callers).ToArray();
            var balance = Array.ConvertAll(keys, key => Request(url, "/v1/ledger/balance", key));
            await CheckAsync(url, balance[0]);
            // Until the code is compiled for good.
            await DriveAsync(server, url, empty, 2);
            await DriveAsync(server, url, balance, 3);
            var rounds = new List<(Load Empty, Load Balance)>();
            for (var round = 0; round < Rounds; round++)
            {
                rounds.Add((await DriveAsync(server, url, empty, options.Seconds), await DriveAsync(server, url, balance, options.Seconds)));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"api engine={options.Engine} callers={options.Callers} empty_per_s={Median(rounds, round => round.Empty.PerSecond):0} balance_per_s={Median(rounds, round => round.Balance.PerSecond):0} "
                + $"ratio={Median(rounds, round => round.Balance.PerSecond / round.Empty.PerSecond):0.00} empty_cpu_us={Median(rounds, round => round.Empty.CpuMicroseconds):0.0} "
                + $"balance_cpu_us={Median(rounds, round => round.Balance.CpuMicroseconds):0.0} cpu_ratio={Median(rounds, round => round.Empty.CpuMicroseconds / round.Balance.CpuMicroseconds):0.00}"));
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
        }
    }

    private static double Median(List<(Load Empty, Load Balance)> rounds, Func<(Load Empty, Load Balance), double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);

    private static byte[] Request(Uri url, string path, string? key) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {url.Authority}\r\n{(key is null ? "" : $"Authorization: Bearer {key}\r\n")}\r\n");

    // What the reader below takes for an answer must be one.
    private static async Task CheckAsync(Uri url, byte[] balance)
    {
        using var socket = await RawHttp.ConnectAsync(url);
        var answer = new byte[4096];
        await socket.SendAsync(balance);
        var text = Encoding.UTF8.GetString(answer, 0, await RawHttp.AnswerAsync(socket, answer));
        if (!text.Contains("\"available\":\"0\"", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"That is no balance: {text}");
        }
    }

    private static async Task<Load> DriveAsync(Process server, Uri url, byte[][] requests, double seconds)
    {
        var sockets = await Task.WhenAll(requests.Select(_ => RawHttp.ConnectAsync(url)));
        server.Refresh();
        var (cpu, watch, end) = (server.TotalProcessorTime, Stopwatch.StartNew(), TimeSpan.FromSeconds(seconds));
        var done = await Task.WhenAll(sockets.Zip(requests, (socket, request) => Task.Run(async () =>
        {
            var (answer, count) = (new byte[4096], 0);
            while (watch.Elapsed < end)
            {
                await socket.SendAsync(request);
                await RawHttp.AnswerAsync(socket, answer);
                count++;
            }

            return count;
        })));
        var elapsed = watch.Elapsed.TotalSeconds;
        server.Refresh();
        cpu = server.TotalProcessorTime - cpu;
        Array.ForEach(sockets, socket => socket.Dispose());
        return new(done.Sum() / elapsed, cpu.TotalMicroseconds / done.Sum());
    }
}
