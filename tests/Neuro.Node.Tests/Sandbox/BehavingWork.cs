using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Node.Work;

namespace Neuro.Node.Tests.Sandbox;

/// <summary>Work that does what its recipe says: <c>do</c>, and on the first attempt <c>first</c> where there is one. What it makes is the number of its shard, and what it saw.</summary>
internal sealed class BehavingWork : IWork
{
    public const string Started = "started";
    public const int ManyPoints = 1200;
    private const int Piece = 16 << 20;
    private static readonly byte[] Zeroes = new byte[Piece];

    public string Kind => RenderSpec.KindName;

    public WorkResult Run(Lease lease, IReadOnlyList<string> inputs, string scratch, WorkProgress progress, CancellationToken cancel)
    {
        var recipe = ((RenderSpec)lease.Spec).Recipe;
        var made = Path.Combine(scratch, "number.txt");
        File.WriteAllText(made, $"{lease.Shard}");
        var seen = Do(lease.Attempt == 1 ? Text(recipe, "first") ?? Text(recipe, "do") : Text(recipe, "do"), recipe, scratch, progress, cancel);
        File.WriteAllText(Path.Combine(scratch, "seen.txt"), seen);
        return new WorkResult([new OutputFile(Text(recipe, "names") ?? made, "text/plain")], new Dictionary<string, double> { ["process"] = Environment.ProcessId });
    }

    private static string Do(string? what, JsonObject recipe, string scratch, WorkProgress progress, CancellationToken cancel)
    {
        switch (what)
        {
            case "die":
                Process.GetCurrentProcess().Kill();
                break;
            case "wait":
                File.WriteAllText(Path.Combine(scratch, Started), "");
                cancel.WaitHandle.WaitOne();
                cancel.ThrowIfCancellationRequested();
                break;
            case "deaf":
                File.WriteAllText(Path.Combine(scratch, Started), "");
                Thread.Sleep(Timeout.Infinite);
                break;
            case "eat":
                while (true)
                {
                    Touch();
                }

            case "hoard":
                var kept = new List<byte[]>();
                while (true)
                {
                    kept.Add(new byte[Piece]);
                }

            case "hold":
                foreach (var held in Enumerable.Range(0, 12).Select(_ => Touch()).ToList())
                {
                    Marshal.FreeHGlobal(held);
                }

                break;
            case "connect":
                return Connect(recipe["port"]!.GetValue<int>());
            case "litter":
                File.WriteAllText(Path.Combine(Path.GetTempPath(), "litter"), "");
                Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "folder", "in", "folder"));
                Directory.CreateSymbolicLink(Path.Combine(Path.GetTempPath(), "link"), Text(recipe, "target")!);
                break;
            case "look":
                return string.Join(' ', Directory.GetFileSystemEntries(Path.GetTempPath()).Select(Path.GetFileName));
            case "refuse":
                throw new NeuroException("recipe.out_of_range", "It is out of range.");
            case "break":
                throw new InvalidOperationException("It broke.");
            case "print":
                Console.WriteLine("printed by the work");
                break;
            case "points":
                for (var step = 0; step < ManyPoints; step++)
                {
                    progress.Report(new TrainingPoint(step, ManyPoints, 1, double.NaN, 0.5, null, 1));
                }

                break;
        }

        return "";
    }

    private static string? Text(JsonObject recipe, string name) => (string?)recipe[name];

    // Outside of what the runtime collects, and written to: only then is it held.
    private static nint Touch()
    {
        var memory = Marshal.AllocHGlobal(Piece);
        Marshal.Copy(Zeroes, 0, memory, Piece);
        return memory;
    }

    private static string Connect(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return "connected";
        }
        catch (SocketException refused)
        {
            return $"{refused.SocketErrorCode}";
        }
    }
}
