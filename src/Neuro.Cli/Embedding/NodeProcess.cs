using System.Diagnostics;
using Neuro.Cli.Commands.Nodes;

namespace Neuro.Cli.Embedding;

/// <summary><c>neuro node</c> as a process below this one. It takes the end of its input for ours, so it ends with us, however that comes.</summary>
internal static class NodeProcess
{
    /// <summary>Starts it.</summary>
    /// <param name="arguments">After <c>node</c>.</param>
    /// <param name="ownerKey">API key of the account that earns; it is in the environment and not in the arguments, which everybody can read.</param>
    /// <param name="line">Told each line that it prints.</param>
    /// <param name="exited">Told when it has ended.</param>
    public static Process Start(IEnumerable<string> arguments, string ownerKey, Action<string> line, Action? exited = null)
    {
        var process = new Process
        {
            StartInfo = new(ThisProgram.Host, ["exec", ThisProgram.Assembly, "node", .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { [NodeCommand.SupervisedVariable] = "1", [NodeCommand.OwnerKeyVariable] = ownerKey },
            },
        };
        DataReceivedEventHandler received = (_, said) =>
        {
            if (said.Data is { } text)
            {
                line(text);
            }
        };
        process.OutputDataReceived += received;
        process.ErrorDataReceived += received;
        if (exited is not null)
        {
            process.EnableRaisingEvents = true;
            process.Exited += (_, _) => exited();
        }

        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Ends it, and what it started: by the end of its input, after the patience by force.</summary>
    public static async Task StopAsync(Process process, TimeSpan patience)
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
