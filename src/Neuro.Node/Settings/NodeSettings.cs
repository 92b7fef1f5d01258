using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Node.Settings;

/// <summary>What the owner of a node sets in <c>node.json</c> in the node's folder. All of it may be left out; docs/run-a-node.md shows it.</summary>
public sealed record NodeSettings
{
    public const string FileName = "node.json";
    private const int MostRanges = 100;
    private const long MostBytes = 1 << 20;

    /// <value>None: the node only works.</value>
    public MinerSettings? Miner { get; init; }

    /// <summary>What running this machine costs.</summary>
    /// <value>Nothing at any time.</value>
    internal IReadOnlyList<EnergyRange> Energy { get; init; } = [];

    /// <summary>How much of the machine the node's work may take.</summary>
    /// <value>All of it.</value>
    public ShareLimits Share { get; init; } = new();

    /// <summary>What the node's work may hold and reach.</summary>
    public WorkLimits Work { get; init; } = new();

    /// <summary>The settings in a node's folder; the defaults when there is no file.</summary>
    /// <exception cref="NeuroException"><c>node.bad_settings</c>: file, path, value and what was expected.</exception>
    public static NodeSettings Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new();
        }

        try
        {
            if (new FileInfo(path).Length > MostBytes)
            {
                throw new NeuroException("node.bad_settings", $"{path} has more than {MostBytes} bytes; settings have a few lines.");
            }

            using var document = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 });
            return Read(new SettingsValue(path, "", document.RootElement).Object("miner", "energy", "share", "work"));
        }
        catch (JsonException broken)
        {
            throw new NeuroException("node.bad_settings", $"{path} is not JSON: {broken.Message}", broken);
        }
    }

    /// <summary>What an hour of running this machine costs at a time.</summary>
    internal Ntk EnergyPerHour(DateTimeOffset local) => Energy.FirstOrDefault(range => range.Holds(local))?.PerHour ?? Ntk.Zero;

    private static NodeSettings Read(SettingsValue root) => new()
    {
        Miner = root.Find("miner") is { } miner ? MinerSettings.Read(miner) : null,
        Energy = [.. root.Find("energy")?.Items(MostRanges).Select(EnergyRange.Read) ?? []],
        Share = root.Find("share") is { } share ? ShareLimits.Read(share) : new(),
        Work = root.Find("work") is { } work ? WorkLimits.Read(work) : new(),
    };
}

/// <summary>How much of the machine the node's work may take.</summary>
/// <param name="Threads">Threads that compute; null for one a core.</param>
/// <param name="Nice">0 (as other programs) … 19 (when nothing else runs).</param>
/// <param name="GpuPercent">Of the GPU's multiprocessors, where NVIDIA's MPS runs; null for all.</param>
public sealed record ShareLimits(int? Threads = null, int Nice = 0, int? GpuPercent = null)
{
    internal static ShareLimits Read(SettingsValue share)
    {
        share.Object("threads", "nice", "gpuPercent");
        return new(share.Find("threads")?.Whole(1, 4096), share.Find("nice")?.Whole(0, 19) ?? 0, share.Find("gpuPercent")?.Whole(1, 100));
    }

    /// <summary>What a process is told by its environment: the runtime's and libtorch's threads, and the share of the GPU.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Environment()
    {
        if (Threads is { } threads)
        {
            foreach (var name in new[] { "OMP_NUM_THREADS", "MKL_NUM_THREADS" })
            {
                yield return new(name, $"{threads}");
            }

            yield return new("DOTNET_PROCESSOR_COUNT", $"{threads:X}"); // The runtime reads it as hexadecimal.
        }

        if (GpuPercent is { } percent)
        {
            yield return new("CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", $"{percent}");
        }
    }
}
