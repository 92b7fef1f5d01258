using Neuro.Client.Api;
using Neuro.Client.Models;
using Neuro.Interactive.Formatting;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Magics;

/// <summary>What the program around the magics can do that this assembly does not see (the platform, Neuro.Learning, notebooks); null where the program cannot.</summary>
public sealed record LocalWork
{
    public StartPlatform? Up { get; init; }

    public ImproveModel? Improve { get; init; }

    public EvaluateModel? Evaluate { get; init; }

    public CompressModel? Compress { get; init; }

    public ExportModel? Export { get; init; }

    public VerifyReceipts? Verify { get; init; }

    public WriteReport? Report { get; init; }

    public OpenWallet? OpenWallet { get; init; }

    public CheckProof? CheckProof { get; init; }

    /// <exception cref="MagicException"><c>magic.not_here</c></exception>
    internal static OpenWallet Wallet(OpenWallet? open) => Needed(open, "Neuro.Chain, which opens wallets");

    /// <exception cref="MagicException"><c>magic.not_here</c></exception>
    internal static T Needed<T>(T? work, string needs)
        where T : class => work ?? throw new MagicException(
            "magic.not_here", $"This notebook program runs without {needs}; run the notebook with `neuro run`, or with the kernel that `neuro jupyter install` puts into Jupyter.");
}

/// <summary>Starts the platform on this machine, in this process, with one node.</summary>
/// <param name="chain">What its ledger is connected to: <c>anvil</c> for a chain of one's own, addresses of nodes, or null for nothing.</param>
/// <param name="log">Told what happens, a line each.</param>
/// <returns>What stops it; null where one is up over this data folder already.</returns>
public delegate Task<IAsyncDisposable?> StartPlatform(string? chain, IProgress<string> log, CancellationToken cancel);

/// <summary>Measures a model on labelled pictures.</summary>
/// <param name="model">A model's package (a tar), or its folder.</param>
/// <param name="pictures">An object that Neuro.Learning knows, or the paths of shards.</param>
/// <param name="progress">The share that is done, 0 to 1; so are those of the others.</param>
public delegate Task<Evaluation> EvaluateModel(string model, object pictures, IProgress<double> progress, CancellationToken cancel);

/// <summary>Makes smaller and faster models of one.</summary>
public delegate Task<CompressionReport> CompressModel(CompressRequest asked, IProgress<double> progress, CancellationToken cancel);

/// <param name="Model">A model's package (a tar), or its folder.</param>
/// <param name="Catalogue">The products that it tells apart; what is learnt from is rendered of them.</param>
/// <param name="Folder">For a folder for each model.</param>
/// <param name="Reductions">How many times fewer multiply-accumulates each pruned model takes.</param>
/// <param name="Epochs">How often a pruned model sees its samples; 0 to quantise alone.</param>
/// <param name="Samples">An epoch's.</param>
public sealed record CompressRequest(
    string Model, Catalogue Catalogue, string Folder, IReadOnlyList<double> Reductions, int Epochs, int Samples, ulong Seed, int Threads);

/// <summary>Writes a model in a format of others, named by the file's ending.</summary>
/// <param name="model">A model's package (a tar), or its folder.</param>
/// <param name="receipts">The platform's signatures under the receipts of the work that made it; none for a folder.</param>
/// <exception cref="NeuroException"><c>model.unknown_format</c>, and what the writers throw.</exception>
public delegate Task ExportModel(string model, IReadOnlyList<string> receipts, string file, CancellationToken cancel);

/// <summary>Checks a file of receipts without asking anybody.</summary>
public delegate Task<VerifiedReceipts> VerifyReceipts(VerifyRequest asked, IProgress<double> progress, CancellationToken cancel);

/// <param name="File">As <c>neuro receipts</c> writes it.</param>
/// <param name="Key">The platform's public key in base64; null for the one remembered, else the file's own.</param>
/// <param name="Images">How many of each shard are made again; 0 for signatures alone.</param>
public sealed record VerifyRequest(string File, string? Key, int Images);

/// <summary>Writes a saved notebook with its outputs as one page.</summary>
/// <returns>The page's title.</returns>
public delegate Task<string> WriteReport(string notebook, string page, CancellationToken cancel);
