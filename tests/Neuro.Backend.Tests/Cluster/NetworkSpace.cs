using System.Diagnostics;
using System.Net;

namespace Neuro.Backend.Tests.Cluster;

/// <summary>A network namespace with one cable to that of the test, which can be pulled: packets are then lost, and nobody is told.</summary>
internal sealed class NetworkSpace : IDisposable
{
    // Of the block for measurements between networks (RFC 2544): no machine has addresses there for anything else.
    private static readonly byte Third = (byte)(Environment.ProcessId % 250);
    private readonly string name = $"neuro{Environment.ProcessId}";

    private NetworkSpace()
    {
    }

    public IPAddress Outside { get; } = new([198, 18, Third, 1]);

    public IPAddress Inside { get; } = new([198, 18, Third, 2]);

    /// <summary>What a command is put behind to run inside.</summary>
    public string[] Enter => ["ip", "netns", "exec", name];

    private string Cable => name + "o";

    private string CableInside => name + "i";

    /// <summary>A new one; skips the test where this user may make none.</summary>
    public static NetworkSpace Make()
    {
        var space = new NetworkSpace();
        var failed = space.Try();
        if (failed is not null)
        {
            space.Dispose();
        }

        Requires.AtHand(failed is null, $"needs network namespaces, which this sandbox does not grant ({failed}); run as root with iproute2");
        return space;
    }

    public void Pull() => Run(["ip", "-n", name, "link", "set", CableInside, "down"]).ShouldBeNull();

    public void PlugIn() => Run(["ip", "-n", name, "link", "set", CableInside, "up"]).ShouldBeNull();

    public void Dispose() => Run(["ip", "netns", "del", name]);

    private string? Try()
    {
        string[][] commands =
        [
            ["ip", "netns", "add", name],
            ["ip", "link", "add", Cable, "type", "veth", "peer", "name", CableInside, "netns", name],
            ["ip", "addr", "add", $"{Outside}/30", "dev", Cable],
            ["ip", "link", "set", Cable, "up"],
            ["ip", "-n", name, "addr", "add", $"{Inside}/30", "dev", CableInside],
            ["ip", "-n", name, "link", "set", "lo", "up"],
            ["ip", "-n", name, "link", "set", CableInside, "up"],
        ];
        return commands.Select(Run).FirstOrDefault(failed => failed is not null);
    }

    /// <summary>What it had to say if it failed.</summary>
    private static string? Run(string[] command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{string.Join(' ', command)}: {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            return $"{command[0]}: {absent.Message}";
        }
    }
}
