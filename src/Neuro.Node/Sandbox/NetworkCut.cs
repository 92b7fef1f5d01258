using System.ComponentModel;
using System.Diagnostics;

namespace Neuro.Node.Sandbox;

/// <summary>Whether work can be cut off from the network on this machine: a network namespace of its own (unshare(1), user_namespaces(7)), which has no way out and needs no root.</summary>
/// <param name="Works">Whether it was seen to work.</param>
/// <param name="Detail">One sentence for people; why not, and what to do.</param>
public sealed record NetworkCut(bool Works, string Detail)
{
    private const string Namespace = "/proc/self/ns/net";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What a command begins with that is to be cut off.</summary>
    internal static IReadOnlyList<string> Command { get; } = ["unshare", "--user", "--map-current-user", "--net", "--"];

    /// <summary>Tries it once.</summary>
    public static NetworkCut Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Not("that needs Linux");
        }

        try
        {
            var start = new ProcessStartInfo(Command[0], [.. Command.Skip(1), "readlink", Namespace]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return Not($"unshare did not end within {Patience.TotalSeconds:0} s");
            }

            var (seen, error) = (process.StandardOutput.ReadToEnd().Trim(), process.StandardError.ReadToEnd().Trim());
            return process.ExitCode != 0 ? Not($"{(error.Length > 0 ? error.Split('\n')[0] : $"unshare ended with {process.ExitCode}")}; see that unprivileged user namespaces are allowed (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)")
                : seen.Length == 0 || seen == new FileInfo(Namespace).LinkTarget ? Not("unshare left it where it was")
                : new(true, "Work is cut off from the network.");
        }
        catch (Win32Exception)
        {
            return Not("there is no unshare; apt install util-linux");
        }
    }

    private static NetworkCut Not(string why) => new(false, $"Work can reach the network: {why}.");
}
