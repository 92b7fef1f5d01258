using System.Diagnostics;
using System.Text;
using Neuro.Client.Tokens;
using Neuro.Node.Settings;

namespace Neuro.Node.Mining;

/// <summary>What an hour of mining pays now: a fixed number, or what a program of the owner prints.</summary>
internal sealed class YieldSource(MinerSettings settings, TimeProvider time, Action<string> log)
{
    private const int MostCharacters = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A price service that is away for an hour does not make mining worth nothing, nor worth anything one likes.
    private static readonly TimeSpan Good = TimeSpan.FromHours(1);

    private Task<Ntk?>? asking;
    private long? asked;
    private long? heard;
    private Ntk? last;

    /// <summary>NTK per hour; null when unknown: it never was, or was last heard an hour ago. Never waits.</summary>
    public Ntk? Now(CancellationToken cancel)
    {
        if (settings.YieldCommand is not { } command)
        {
            return settings.Yield;
        }

        if (asking is { IsCompleted: true } answer)
        {
            asking = null;
            if (answer is { IsCompletedSuccessfully: true, Result: { } yield })
            {
                (last, heard) = (yield, time.GetTimestamp());
            }
        }

        if (asking is null && (asked is not { } before || time.GetElapsedTime(before) >= settings.YieldEvery))
        {
            asked = time.GetTimestamp();
            asking = AskAsync(command, cancel);
        }

        return heard is { } at && time.GetElapsedTime(at) < Good ? last : null;
    }

    /// <summary>Runs the command and reads its answer; null, with a line in the log, when that is no number of NTK.</summary>
    internal async Task<Ntk?> AskAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardInput = true };
        MinerProcess.Untrusted(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var expiry = time.CreateTimer(_ => limit.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                process.StandardInput.Close();
                var text = await ReadAsync(process.StandardOutput, limit.Token);
                if (text.Length == MostCharacters)
                {
                    log($"miner.yield: {command[0]} prints more than a number; expected one number of NTK per hour, such as 0.8.");
                    return null;
                }

                await process.WaitForExitAsync(limit.Token);
                if (process.ExitCode == 0 && Ntk.TryParse(text.Trim(), null, out var yield) && yield >= Ntk.Zero && yield <= Ntk.Supply)
                {
                    return yield;
                }

                log($"miner.yield: {command[0]} ended with code {process.ExitCode} and printed '{text.Trim().ReplaceLineEndings(" ")}'; expected one number of NTK per hour, such as 0.8.");
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (Exception failed) when (failed is System.ComponentModel.Win32Exception or IOException)
        {
            log($"miner.yield: {command[0]} cannot be run: {failed.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            log($"miner.yield: {command[0]} did not answer within {Patience.TotalSeconds:0} s.");
        }
        catch (OperationCanceledException)
        {
            // The node is stopping.
        }

        return null;
    }

    // No more than a number needs: a program that prints for ever is not listened to for ever.
    private static async Task<string> ReadAsync(StreamReader output, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[MostCharacters];
        for (int read; text.Length < MostCharacters && (read = await output.ReadAsync(buffer.AsMemory(0, MostCharacters - text.Length), cancel)) > 0;)
        {
            text.Append(buffer, 0, read);
        }

        return text.ToString();
    }
}
