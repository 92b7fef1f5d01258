using Neuro.Client.Jobs;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class VerifyMagic(NeuroSession session, VerifyReceipts? verify)
    : Magic("neuro-verify", "Checks the receipts of a job, or of a file: signatures, and with --render delivered images, which are made again here.")
{
    private readonly Parameter<object?> job = Optional<object>(
        "job", "@variable, id or title of a job, or a file that `neuro receipts` wrote; the variable job if left out, else your newest.");
    private readonly Parameter<int> images = Optional("render", "How many images of each shard to make again.", 0);
    private readonly Parameter<string?> key = Optional<string>(
        "key", "The platform's public key in base64, for a file; else the one remembered from a connection, else the file's own.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        if (given.Get(images) < 0)
        {
            throw new MagicException("magic.bad_value", $"--render is {given.Get(images)}; expected 0 or more.");
        }

        var check = LocalWork.Needed(verify, "what checks receipts offline (#!neuro-receipts checks signatures here too)");
        if (given.Get(job) is string file && File.Exists(file))
        {
            await ShowAsync(new(file, given.Get(key), given.Get(images)));
            return;
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        var chosen = await Chosen.JobAsync(client, given.Get(job), host);
        var bundle = await client.ReceiptBundleAsync(chosen, host.Cancellation);
        if (bundle.Receipts.Count == 0)
        {
            host.Display($"No shard of \"{chosen.Title}\" is verified yet, so there are no receipts.");
            return;
        }

        if (given.Get(images) > 0 && bundle.Dataset is { } dataset)
        {
            await client.DownloadAsync(dataset, host.Cancellation);
        }

        var written = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(written, bundle.ToJson(), host.Cancellation);
            await ShowAsync(new(written, given.Get(key) ?? bundle.PublicKey, given.Get(images)));
        }
        finally
        {
            File.Delete(written);
        }

        async Task ShowAsync(VerifyRequest asked) =>
            host.Display(await WorkBar.RunAsync("Checking receipts", (done, cancel) => check(asked, done, cancel), host, session.Time));
    }
}
