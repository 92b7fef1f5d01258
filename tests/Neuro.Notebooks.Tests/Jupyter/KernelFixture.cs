using System.Collections.Concurrent;
using Neuro.Notebooks.Engine;
using Neuro.Notebooks.Jupyter;

namespace Neuro.Notebooks.Tests.Jupyter;

/// <summary>One running kernel for the tests of a class, and a client of it; shut down at the end.</summary>
public sealed class KernelFixture : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-kernel-").FullName;
    private readonly CancellationTokenSource stop = new();
    private readonly Task kernel;

    public KernelFixture()
    {
        Ports = KernelPorts.Free();
        Path = System.IO.Path.Combine(folder, "kernel.json");
        File.WriteAllText(Path, Ports.ToJson().ToJsonString());
        kernel = Task.Run(() => JupyterKernel.RunAsync(ConnectionFile.Read(Path), new SessionOptions(), System.IO.Path.Combine(folder, "history"), Log.Enqueue, stop.Token));
        Client = new(Ports);
    }

    /// <summary>The connection file.</summary>
    internal string Path { get; }

    internal KernelPorts Ports { get; }

    internal TestClient Client { get; }

    /// <summary>What the kernel told Jupyter's log.</summary>
    internal ConcurrentQueue<string> Log { get; } = new();

    internal Task Ended => kernel;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await stop.CancelAsync();
        await kernel.WaitAsync(TimeSpan.FromSeconds(30));
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
