using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text.Json;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Anvil;

/// <summary>A chain of one's own: Foundry's anvil on this machine, gone when this object or its process is.</summary>
/// <remarks>
/// Chain id 31337. Accounts 0, 1, 2 … have 10,000 ETH each. What anvil 1.7.1 answers (the tests measure it): <c>safe</c> is an epoch behind <c>latest</c> and
/// <c>finalized</c> two, 32 and 64 blocks (1 and 2 with <c>--slots-in-an-epoch 1</c>), both block 0 while the chain is shorter;
/// and after <see cref="RevertAsync"/> they go back with it.
/// Balances and calls are answered for the newest blocks alone (<c>--prune-history</c>), blocks, logs and receipts for all.
/// </remarks>
public sealed class AnvilNode : IAsyncDisposable
{
    private const int Tries = 3;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(20);

    // The shell ends anvil when its input ends, which the system does when its owner is killed, too.
    internal const string Leash = """
        exec 3<&0; "$@" </dev/null 3<&- & anvil=$!
        { read -r _ <&3; kill -9 $anvil; } & leash=$!
        exec 3<&-; wait $anvil; code=$?; kill $leash 2>/dev/null; exit $code
        """;

    // Of the mnemonic that Foundry and Hardhat print when they start: known to everybody.
    private static readonly string[] Keys =
    [
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
        "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    ];

    private readonly Process process;
    private readonly Task<string> complaints;
    private readonly JsonRpcEndpoint endpoint;

    private AnvilNode(Process process, Uri url, HttpClient http)
    {
        (this.process, Url) = (process, url);
        complaints = process.StandardError.ReadToEndAsync();
        endpoint = new(http, url, new() { Endpoints = [url], Timeout = TimeSpan.FromMinutes(1) });
    }

    public Uri Url { get; }

    /// <summary>Signers of the accounts that have ETH from the start.</summary>
    public static IReadOnlyList<LocalSigner> Signers { get; } = [.. Keys.Select(key => new LocalSigner(Hash32.Parse(key)))];

    /// <summary>Where anvil is: <c>ANVIL</c>, the PATH, or the node_modules of <paramref name="root"/> or its <c>contracts</c>; null if nowhere.</summary>
    public static string? Find(string? root = null)
    {
        var name = OperatingSystem.IsWindows() ? "anvil.exe" : "anvil";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var part in (string[])["contracts", "."])
        {
            folders.Add(Path.GetFullPath(Path.Combine(root ?? ".", part, "node_modules", ".bin")));
        }

        var named = Environment.GetEnvironmentVariable("ANVIL") ?? "";
        return folders.Select(folder => Path.Combine(folder, name)).Prepend(named).FirstOrDefault(File.Exists) is { } found ? Itself(found) : null;
    }

    /// <summary>Starts it on a free port of the loopback and waits until it answers.</summary>
    /// <param name="arguments">Further arguments, such as <c>--block-time 1</c>.</param>
    /// <exception cref="NeuroException"><c>anvil.not_found</c>, <c>anvil.not_started</c></exception>
    public static async Task<AnvilNode> StartAsync(HttpClient http, string? root = null, IReadOnlyList<string>? arguments = null, CancellationToken cancel = default)
    {
        var program = Find(root)
            ?? throw new NeuroException(
                "anvil.not_found", "There is no anvil on the PATH, in ANVIL, or in node_modules/.bin. Install it: npm install @foundry-rs/anvil.");
        for (var tries = 1; ; tries++)
        {
            var port = FreePort();
            var node = new AnvilNode(Start(program, port, arguments ?? []), new Uri($"http://127.0.0.1:{port}"), http);
            if (await node.AnswersAsync(cancel))
            {
                return node;
            }

            await node.DisposeAsync();
            if (tries == Tries)
            {
                throw new NeuroException("anvil.not_started", $"{program} does not start: {node.LastComplaint} Run it by hand to see why.");
            }
        }
    }

    /// <summary>A client of it.</summary>
    public JsonRpcEthereum Connect(HttpClient http) => new(http, new() { Endpoints = [Url], ChainId = LocalSigner.DevelopmentChain, Timeout = TimeSpan.FromMinutes(1) });

    /// <summary>Makes blocks, with what waits in the first.</summary>
    public Task MineAsync(int blocks = 1) => AskAsync("anvil_mine", Quantity(blocks));

    /// <summary>Whether each transaction makes a block at once, as it does from the start.</summary>
    public Task SetAutomineAsync(bool isOn) => AskAsync("evm_setAutomine", isOn);

    /// <summary>Remembers the state; the name is for <see cref="RevertAsync"/>, once.</summary>
    public async Task<string> SnapshotAsync() => (await AskAsync("evm_snapshot")).GetString()!;

    /// <summary>Takes the chain back to a snapshot: the blocks since then are gone, as in a reorganisation.</summary>
    public async Task RevertAsync(string snapshot)
    {
        if (!(await AskAsync("evm_revert", snapshot)).GetBoolean())
        {
            throw new NeuroException("anvil.no_snapshot", $"anvil knows no snapshot {snapshot}; each can be used once.");
        }
    }

    /// <param name="wei">What the account has from now on.</param>
    public Task SetBalanceAsync(Address account, BigInteger wei) => AskAsync("anvil_setBalance", account.ToLowerString(), Hex.Of(wei));

    /// <summary>Moves the clock of the next block.</summary>
    public Task IncreaseTimeAsync(TimeSpan time) => AskAsync("evm_increaseTime", Quantity((long)time.TotalSeconds));

    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException)
        {
            // It has ended by itself.
        }

        await process.WaitForExitAsync();
    }

    private string LastComplaint => complaints.Wait(Grace) ? complaints.Result.Trim() : "it says nothing.";

    public override string ToString() => $"anvil at {Url}";

    // npm's node_modules/.bin/anvil is a script that starts anvil as a child, which would outlive it when it is killed; the program lies beside.
    private static string Itself(string found)
    {
        var packages = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(found))!, "..", "@foundry-rs");
        return Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(found))) == ".bin" && Directory.Exists(packages)
            ? Directory.GetDirectories(packages, "anvil-*").Select(folder => Path.Combine(folder, "bin", Path.GetFileName(found))).FirstOrDefault(File.Exists) ?? found
            : found;
    }

    private static Process Start(string program, int port, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program : "/bin/sh") { RedirectStandardInput = true, RedirectStandardError = true };
        string[] before = OperatingSystem.IsWindows() ? [] : ["-c", Leash, "sh", program];
        string[] own = ["--host", "127.0.0.1", "--port", $"{port}", "--quiet", "--enable-tx-gas-limit", .. arguments, "--prune-history"];
        Array.ForEach([.. before, .. own], start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    // The system's choice; anvil's own --port 0 is not told to anybody.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        for (var began = Stopwatch.GetTimestamp(); !process.HasExited && Stopwatch.GetElapsedTime(began) < StartTime; await Task.Delay(Probe, cancel))
        {
            try
            {
                return (await endpoint.AskAsync([new("web3_clientVersion")], cancel))[0].Result.GetString()!.StartsWith("anvil", StringComparison.Ordinal)
                    && !process.HasExited;
            }
            catch (NeuroException notYet) when (notYet.Code == "chain.unreachable")
            {
                // It is not listening yet.
            }
        }

        return false;
    }

    private async Task<JsonElement> AskAsync(string method, params object[] parameters)
    {
        var answer = (await endpoint.AskAsync([new(method, parameters)], CancellationToken.None))[0];
        return answer.Error is { } error ? throw new NeuroException("anvil.refused", $"anvil refused {method}: {error.Message}.") : answer.Result;
    }

    private static string Quantity(long number) => Hex.Of(new BigInteger(number));
}
