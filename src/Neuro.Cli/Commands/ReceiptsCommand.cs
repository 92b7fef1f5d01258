using System.CommandLine;
using Neuro.Cli.Receipts;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro receipts</c>: fetches a job's receipts into a file that <c>neuro verify</c> checks without the platform.</summary>
internal static class ReceiptsCommand
{
    public static Command Create()
    {
        var job = new Argument<Guid?>("job") { Description = "The job's id; the newest of your jobs if left out.", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string>("--out") { Description = "The file to write.", DefaultValueFactory = _ => "receipts.json" };
        var dataset = new Option<string?>("--dataset") { Description = "Also downloads the shards, into this folder." };
        var platform = new Option<string?>("--platform") { Description = "The platform's address; the one on this machine if left out. NEURO_API_KEY is your key there." };
        var command = new Command("receipts", "Writes a job's receipts into a file that `neuro verify` checks offline, and remembers the platform's key.") { job, output, dataset, platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            var bundle = await client.ReceiptBundleAsync(await JobAsync(client, parsed.GetValue(job), cancel), cancel);
            new KnownPlatforms(DataFolder.Path).Remember(bundle.Platform, bundle.PublicKey, DateTimeOffset.UtcNow);
            var path = parsed.GetValue(output)!;
            await File.WriteAllTextAsync(path, bundle.ToJson(), cancel);
            Console.WriteLine($"{path}: {bundle.Receipts.Count} receipts of {bundle.Platform}, key {bundle.PublicKey}.");
            if (parsed.GetValue(dataset) is { } folder)
            {
                await DownloadAsync(client, bundle.Dataset ?? throw new NeuroException("job.no_dataset", "The job made no dataset, so there are no shards to download."), folder, cancel);
            }

            Console.WriteLine($"Next: `neuro verify {path}{(parsed.GetValue(dataset) is { } there ? $" --shard {there} --render 1 --catalogue FOLDER" : "")}`; it needs no platform.");
            return 0;
        });
        return command;
    }

    private static async Task<Job> JobAsync(NeuroClient client, Guid? id, CancellationToken cancel) => id is { } named
        ? await client.Api.GetJobAsync(named, cancel)
        : (await client.Api.GetJobsAsync(cancel)).MaxBy(job => job.CreatedAt) ?? throw new NeuroException("job.none", $"You have no jobs at {client.Url}. Order one, or name another --platform.");

    private static async Task DownloadAsync(NeuroClient client, DatasetManifest dataset, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        await LongWork.RunAsync("downloading", dataset.Shards.Count, async done =>
        {
            for (var number = 0; number < dataset.Shards.Count; number++)
            {
                File.Copy(await client.Artifacts.DownloadAsync(dataset.Shards[number], cancel), Path.Combine(folder, $"shard-{number:D6}.tar"), overwrite: true);
                done.Report(number + 1);
            }

            return true;
        });
        Console.WriteLine($"{folder}: {dataset.Shards.Count} shards, in the order of their images.");
    }
}
