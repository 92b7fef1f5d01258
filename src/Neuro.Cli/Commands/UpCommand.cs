using System.CommandLine;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro up</c>: the embedded platform with one local node, until Ctrl-C.</summary>
internal static class UpCommand
{
    public const string PostgresVariable = "NEURO_POSTGRES";

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on the loopback address; 0 takes a free one.", DefaultValueFactory = _ => 0 };
        var data = new Option<string>("--data") { Description = "Where the platform keeps everything.", DefaultValueFactory = _ => DataFolder.Path };
        var noNode = new Option<bool>("--no-node") { Description = "Starts no local node; others may join." };
        var postgres = new Option<string?>("--postgres") { Description = $"An Npgsql connection string; processes over the same database are replicas of one platform. Better in {PostgresVariable}, where no other user sees it." };
        var url = new Option<string?>("--url") { Description = "Where to listen, such as http://0.0.0.0:5080, instead of --port." };
        var advertise = new Option<string?>("--advertise") { Description = "Where other replicas reach this one, if not at --url." };
        var keys = new Option<string?>("--keys") { Description = "Folder of the platform's keys, which replicas share; the data folder if left out." };
        var artifacts = new Option<string?>("--artifacts") { Description = "Folder of the artifacts, which replicas share; in the data folder if left out." };
        var log = new Option<string?>("--log") { Description = "json: what the platform has to say on standard error, an object a line; with --verbose more of it." };
        log.AcceptOnlyFromAmong("json");
        var chain = new Option<string?>("--chain") { Description = "Connects the ledger to Ethereum: anvil for a chain of your own (it has to be installed), or the address of a node, or of several with commas between." };
        var vault = new Option<string?>("--vault") { Description = "Address of the vault on that chain." };
        var sale = new Option<string?>("--sale") { Description = "Address of the contract that sells NTK for ether there, for #!neuro-buy --with eth." };
        var fromBlock = new Option<long?>("--from-block") { Description = "The block in which the vault was made, or an earlier one." };
        var command = new Command("up", "Starts the platform on this machine, with one local node, until Ctrl-C. Goes on with the jobs it was stopped in.") { port, data, noNode, postgres, url, advertise, keys, artifacts, log, chain, vault, sale, fromBlock };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var platform = await EmbeddedPlatform.StartAsync(
                new EmbeddedOptions
                {
                    DataFolder = parsed.GetValue(data)!,
                    Url = parsed.GetValue(url) ?? $"http://127.0.0.1:{parsed.GetValue(port)}",
                    Postgres = parsed.GetValue(postgres) ?? Environment.GetEnvironmentVariable(PostgresVariable),
                    KeysFolder = parsed.GetValue(keys),
                    ArtifactsFolder = parsed.GetValue(artifacts),
                    AdvertisedUrl = parsed.GetValue(advertise),
                    LocalNode = !parsed.GetValue(noNode),
                    Verbose = parsed.GetValue<bool>("--verbose"),
                    JsonLog = parsed.GetValue(log) == "json",
                    Chain = parsed.GetValue(chain),
                    Vault = parsed.GetValue(vault),
                    Sale = parsed.GetValue(sale),
                    FromBlock = parsed.GetValue(fromBlock),
                    Log = Console.Out.WriteLine,
                },
                cancel);
            Console.WriteLine($"Neuro is up at {platform.Url}. Data in {platform.DataFolder}. The API is described at {platform.Url}openapi/v1.json.");
            Console.WriteLine("Notebooks and scripts on this machine find it by themselves. Ctrl-C stops it.");
            await platform.StoppedAsync(cancel);
            return 0;
        });
        return command;
    }
}
