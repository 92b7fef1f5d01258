using System.CommandLine;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro up</c>: the embedded platform with one local node, until Ctrl-C.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on the loopback address; 0 takes a free one.", DefaultValueFactory = _ => 0 };
        var data = new Option<string>("--data") { Description = "Where the platform keeps everything.", DefaultValueFactory = _ => DataFolder.Path };
        var noNode = new Option<bool>("--no-node") { Description = "Starts no local node; others may join." };
        var command = new Command("up", "Starts the platform on this machine, with one local node, until Ctrl-C. Goes on with the jobs it was stopped in.") { port, data, noNode };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var platform = await EmbeddedPlatform.StartAsync(
                new EmbeddedOptions
                {
                    DataFolder = parsed.GetValue(data)!,
                    Port = parsed.GetValue(port),
                    LocalNode = !parsed.GetValue(noNode),
                    Verbose = parsed.GetValue<bool>("--verbose"),
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
