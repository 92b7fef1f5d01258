using System.Globalization;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Cli.Receipts;

/// <summary>Checks receipts without asking anybody: signatures, then files by their hashes, then images by making them again.</summary>
internal sealed class ReceiptAudit
{
    private readonly List<string> faults = [];

    private ReceiptAudit(TrustedKey key, IReadOnlyList<CheckedReceipt> receipts) => (Key, Receipts) = (key, receipts);

    public TrustedKey Key { get; }

    public IReadOnlyList<CheckedReceipt> Receipts { get; }

    /// <summary>What is wrong, a sentence each; empty when all that was asked holds.</summary>
    public IEnumerable<string> Faults => Receipts.SelectMany(receipt => receipt.Faults).Concat(faults);

    /// <summary>Checks the signatures, and that no shard has two receipts.</summary>
    public static ReceiptAudit Of(ReceiptFile file, TrustedKey key)
    {
        var audit = new ReceiptAudit(key, [.. file.Receipts.Select(receipt => Signed(receipt, key))]);
        foreach (var twice in audit.Receipts.GroupBy(one => (one.Receipt.JobId, one.Receipt.Shard)).Where(group => group.Count() > 1))
        {
            audit.faults.Add($"{twice.First().Name} has {twice.Count()} receipts; a shard is paid once.");
        }

        return audit;
    }

    /// <summary>Finds the delivered files by their hashes. A file must be what some receipt names; in a folder each receipt must have its files.</summary>
    public void FindFiles(ShardFiles files)
    {
        foreach (var receipt in Receipts)
        {
            var missing = receipt.Receipt.Outputs.FirstOrDefault(output => files.PathOf(output) is null);
            receipt.File = missing is null && receipt.Receipt.Outputs.Count > 0 ? files.PathOf(receipt.Receipt.Outputs[0]) : null;
            if (files.IsFolder && missing is not null)
            {
                receipt.Faults.Add($"{receipt.Name}: no file in {files.Place} has the SHA-256 {missing} that was delivered.");
            }
        }

        var named = Receipts.SelectMany(receipt => receipt.Receipt.Outputs).ToHashSet();
        foreach (var (hash, path) in files.Shards.Where(file => !named.Contains(file.Hash)))
        {
            faults.Add(Receipts.Count == 1
                ? $"{Path.GetFileName(path)} is not what was delivered: its SHA-256 is {hash}; the receipt names {string.Join(", ", Receipts[0].Receipt.Outputs)}."
                : $"{Path.GetFileName(path)} is not what was delivered: its SHA-256 is {hash}, which none of the {Receipts.Count} receipts names.");
        }
    }

    /// <summary>Makes random images of every shard again whose file was found.</summary>
    /// <param name="images">Of each shard.</param>
    /// <param name="done">Told how many shards are checked.</param>
    public void Render(ShardRenderer renderer, int images, IProgress<int>? done, CancellationToken cancel)
    {
        var count = 0;
        foreach (var receipt in Receipts.Where(receipt => receipt.File is not null))
        {
            cancel.ThrowIfCancellationRequested();
            var again = renderer.Check(receipt.Receipt, receipt.File!, images);
            receipt.Again = again;
            if (!again.Holds)
            {
                receipt.Faults.Add($"{receipt.Name}: {again.Said}");
            }

            done?.Report(++count);
        }

        if (renderer.Uncovered(Receipts.Count) is { } gap)
        {
            faults.Add(gap);
        }
    }

    private static CheckedReceipt Signed(Receipt receipt, TrustedKey key)
    {
        var one = new CheckedReceipt(
            receipt,
            Ed25519.Verify(receipt.NodeId, Receipt.WorkBytes(receipt.JobId, receipt.Shard, receipt.Outputs), receipt.NodeSignature),
            Ed25519.Verify(key.PublicKey, receipt.SignedBytes(), receipt.Signature));
        if (!one.NodeSigned)
        {
            one.Faults.Add($"{one.Name}: the node's signature does not hold: {Short(receipt.NodeId)} did not sign that it delivered these outputs.");
        }

        if (!one.PlatformSigned)
        {
            one.Faults.Add($"{one.Name}: the platform's signature does not hold: something in the receipt was changed, or another key than {Short(key.PublicKey)} signed it.");
        }

        if (receipt.Fee.Nano < 0 || receipt.Price < receipt.Fee)
        {
            one.Faults.Add(string.Create(CultureInfo.InvariantCulture, $"{one.Name}: a fee of {receipt.Fee} NTK in a price of {receipt.Price} NTK cannot be."));
        }

        return one;
    }

    private static string Short(string key) => key.Length <= 12 ? key : key[..12] + "…";
}
