using Neuro.Chain.Liabilities;
using Neuro.Cli.Chains;
using Neuro.Cli.Receipts;
using Neuro.Client.Api;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Learning.Training;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Embedding;

/// <summary>What this program adds to the magics: the platform itself, training, and what reads receipts and notebooks.</summary>
internal static class LocalMagics
{
    public static LocalWork Work { get; } = new()
    {
        Up = UpAsync,
        Improve = ModelImprovement.RunAsync,
        Evaluate = ModelWork.EvaluateAsync,
        Compress = ModelWork.CompressAsync,
        Export = ModelWork.ExportAsync,
        Verify = VerifyAsync,
        Report = ReportAsync,
        OpenWallet = ChainWallet.OpenAsync,
        CheckProof = (json, root) => LiabilityProof.Verify(json, root),
    };

    // Not on the cell's thread: what the platform goes on with must not wait for a cell.
    private static async Task<IAsyncDisposable?> UpAsync(string? chain, IProgress<string> log, CancellationToken cancel)
    {
        try
        {
            return await Task.Run(() => EmbeddedPlatform.StartAsync(new EmbeddedOptions { Chain = chain, Log = log.Report }, cancel), cancel);
        }
        catch (NeuroException running) when (running.Code == "platform.data_folder_in_use" && Connection.Read() is not null)
        {
            return null;
        }
    }

    private static Task<VerifiedReceipts> VerifyAsync(VerifyRequest asked, IProgress<double> progress, CancellationToken cancel)
    {
        var file = ReceiptFile.Read(asked.File);
        var audit = ReceiptAudit.Of(file, TrustedKey.Of(file, asked.Key, new KnownPlatforms(DataFolder.Path)));
        if (asked.Images > 0)
        {
            audit.FindFiles(ShardFiles.Find(DataFolder.Cache(), audit.Receipts.SelectMany(one => one.Receipt.Outputs), cancel));
            var shards = audit.Receipts.Count(one => one.File is not null);
            var told = new ImmediateProgress<int>(done => progress.Report((double)done / shards));
            audit.Render(ShardRenderer.For(file, null, DataFolder.Cache()), asked.Images, told, cancel);
        }

        return Task.FromResult(new VerifiedReceipts(
            [.. audit.Receipts.Select(one => new VerifiedReceipt(one.Receipt, one.NodeSigned, one.PlatformSigned, one.Again?.Said, one.Again?.Holds ?? false))],
            audit.Key.PublicKey, audit.Key.Why, [.. audit.Faults]));
    }

    private static Task<string> ReportAsync(string notebook, string page, CancellationToken cancel) =>
        Task.Run(() => NotebookReport.Write(Notebook.Read(notebook), Path.GetFileNameWithoutExtension(notebook), page), cancel);
}
