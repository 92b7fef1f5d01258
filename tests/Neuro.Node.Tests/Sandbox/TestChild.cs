using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;
using Neuro.Node.Sandbox;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Node.Tests.Sandbox;

/// <summary>This program once more, as the process that does work, and as one that owns such a process.</summary>
internal static class TestChild
{
    public const string WorkVerb = "--work-child";
    public const string OwnerVerb = "--owner-of-a-child";

    /// <summary>What <see cref="WorkChild"/> starts.</summary>
    public static IReadOnlyList<string> Command => [Host, "exec", typeof(TestChild).Assembly.Location, WorkVerb];

    private static string Host => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    public static Process StartOwner(string folder) => Process.Start(new ProcessStartInfo(Host, ["exec", typeof(TestChild).Assembly.Location, OwnerVerb, folder]))!;

    /// <summary>Has a child do work that never ends and hears nothing.</summary>
    public static async Task OwnAsync(string folder)
    {
        using var child = new WorkChild(Command, folder, new WorkLimits(), NetworkCut.Probe(), Console.Error.WriteLine, TimeProvider.System);
        await child.RunAsync(Lease("deaf"), [], Scratch(folder), new WorkProgress(), TimeSpan.FromHours(1), CancellationToken.None);
    }

    public static Lease Lease(string what, int shard = 0, string? first = null, int port = 0, string? names = null, string? target = null) => new(
        Guid.NewGuid(), Guid.NewGuid(), shard, 1, "", DateTimeOffset.MaxValue,
        new RenderSpec(new JsonObject { ["do"] = what, ["first"] = first, ["port"] = port, ["names"] = names, ["target"] = target }, 1, 1), 0, 1, [], Ntk.Of(1), new Cu(1000), 1);

    public static string Scratch(string folder) => Directory.CreateDirectory(Path.Combine(folder, "scratch", "shard")).FullName;

    /// <summary>The process that does the work of a node.</summary>
    public static ProcessMark? Mark(string folder) => ChildMark.Read(folder);

    public static async Task UntilAsync(string what, Func<bool> holds, CancellationToken cancel)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var watch = Stopwatch.StartNew(); !holds(); await poll.WaitForNextTickAsync(cancel))
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), $"waiting until {what}");
        }
    }

    public static void Signal(int process, int signal) => kill(process, signal).ShouldBe(0);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int sig);
}
