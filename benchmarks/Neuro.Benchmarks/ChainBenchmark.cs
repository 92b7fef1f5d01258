using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend;
using Neuro.Backend.Chain;
using Neuro.Chain.Anvil;
using Neuro.Chain.Coding;
using Neuro.Chain.Contracts;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Tokens;
using Ledger = Neuro.Backend.Ledger.Ledger;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>chain</c>: signatures and recoveries a second on one core, a tree of liabilities, logs caught up from anvil, and the ledger while the chain is there and while it is down.</summary>
internal static class ChainBenchmark
{
    private const int LogsATransaction = 500;
    private const int LedgerCallers = 64;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] args)
    {
        if ((args.Length > 0 && args is not ["--logs", _])
            || !int.TryParse(args.ElementAtOrDefault(1) ?? "100000", CultureInfo.InvariantCulture, out var logs) || logs is < LogsATransaction or > 1_000_000)
        {
            Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood. Usage: chain [--logs 100000]");
            return 2;
        }

        var key = Keccak.Of("benchmark");
        var digests = Enumerable.Range(0, 1000).Select(i => Keccak.Of($"digest {i}")).ToArray();
        var signatures = Array.ConvertAll(digests, digest => Secp256k1.Sign(digest, key));
        var signs = PerSecond(i => Secp256k1.Sign(digests[i % digests.Length], key));
        var recoveries = PerSecond(i => Secp256k1.Recover(digests[i % digests.Length], signatures[i % digests.Length]));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"chain signs_per_s={signs:0} recoveries_per_s={recoveries:0}"));

        var leaves = Enumerable.Range(0, 100_000).Select(i => new Liability(new(Keccak.Of($"owner {i}").ToBytes().AsSpan(12)), i, Keccak.Of($"salt {i}"))).ToArray();
        var treeMs = Enumerable.Range(0, 5).Select(_ => Milliseconds(() => SumTree.Build(leaves))).Order().ElementAt(2);
        var tree = SumTree.Build(leaves);
        var proof = tree.Proof(4711, 1);
        var verifyMs = Enumerable.Range(0, 20).Select(_ => Milliseconds(() => LiabilityProof.Verify(proof))).Order().ElementAt(10);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"chain leaves={leaves.Length} tree_ms={treeMs:0} verify_ms={verifyMs:0.00}"));

        if (AnvilNode.Find(Root.Folder) is null)
        {
            Console.WriteLine("chain: no anvil, so no logs (npm install @foundry-rs/anvil, or set ANVIL)");
            return 0;
        }

        await CatchUpAsync(logs);
        await BesideAsync();
        return 0;
    }

    private static async Task CatchUpAsync(int count)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await using var anvil = await AnvilNode.StartAsync(http, Root.Folder);
        var chain = anvil.Connect(http);
        var account = new ChainAccount(chain, AnvilNode.Signers[0]);
        var source = (await account.SendAsync(null, LogSource.Deploying)).Created!.Value;
        for (var written = 0; written < count; written += LogsATransaction)
        {
            await account.SendAsync(source, LogSource.Write(LogsATransaction));
        }

        var (latest, found, watch) = ((await chain.BlockAsync(BlockRef.Latest))!.Number, 0, Stopwatch.StartNew());
        await foreach (var (logs, _) in chain.LogRangesAsync([source], [[LogSource.Topic]], 0, latest))
        {
            found += logs.Count;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"chain logs={found} blocks={latest} catch_up_s={watch.Elapsed.TotalSeconds:0.00}"));
    }

    // A platform that looks at its chain each second; then the chain is gone.
    private static async Task BesideAsync()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-chain-").FullName;
        try
        {
            using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            var anvil = await AnvilNode.StartAsync(http, Root.Folder);
            await using var gone = anvil;
            var deployer = new ChainAccount(anvil.Connect(http), AnvilNode.Signers[0]);
            var contracts = await Deployment.DeployAsync(deployer, new DeploymentRoles { Settler = AnvilNode.Signers[1].Address }, CancellationToken.None);
            await deployer.SendAsync(contracts.Token, NtkToken.Transfer(contracts.Vault, BaseUnits.Of(Ntk.Of(2_000_000))));
            await anvil.MineAsync(100);
            var chain = new ChainOptions { Endpoints = [anvil.Url], Vault = contracts.Vault, Settler = AnvilNode.Signers[1], FromBlock = contracts.Block, PollInterval = TimeSpan.FromSeconds(1) };
            await using var platform = await Platform.StartAsync(new PlatformOptions { DataFolder = folder, Chain = chain });
            var (ledger, link) = (platform.Services.GetRequiredService<Ledger>(), platform.Services.GetRequiredService<ChainLink>());
            var accounts = await LedgerBenchmark.OpenAsync(ledger);
            await LedgerBenchmark.DriveAsync(ledger, accounts, LedgerCallers, TimeSpan.FromSeconds(2));
            var up = await RateAsync();
            await anvil.DisposeAsync();
            for (var watch = Stopwatch.StartNew(); link.Problem is null && watch.Elapsed < TimeSpan.FromMinutes(1);)
            {
                await Task.Delay(100);
            }

            var down = await RateAsync();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"chain ledger_up_per_s={up:0} ledger_down_per_s={down:0} ratio={down / up:0.00} problem=\"{link.Problem}\""));

            async Task<double> RateAsync()
            {
                var watch = Stopwatch.StartNew();
                return (await LedgerBenchmark.DriveAsync(ledger, accounts, LedgerCallers, TimeSpan.FromSeconds(5))).Length / watch.Elapsed.TotalSeconds;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double PerSecond(Action<int> act)
    {
        act(0);
        var (done, watch) = (0, Stopwatch.StartNew());
        for (; watch.Elapsed < Span; done++)
        {
            act(done);
        }

        return done / watch.Elapsed.TotalSeconds;
    }

    private static double Milliseconds(Action act)
    {
        var watch = Stopwatch.StartNew();
        act();
        return watch.Elapsed.TotalMilliseconds;
    }
}
