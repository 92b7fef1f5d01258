namespace Neuro.Node.Settings;

/// <summary>What the process that does the node's work may hold and reach.</summary>
/// <param name="MemoryBytes">The most it may hold; null for three quarters of the machine's memory.</param>
/// <param name="MustBeCutOff">Whether the node refuses to work where its work cannot be cut off from the network.</param>
public sealed record WorkLimits(long? MemoryBytes = null, bool MustBeCutOff = false)
{
    private const long Least = 256L << 20;
    private const long Most = 1L << 50;

    /// <summary>The limit that holds, bytes.</summary>
    internal long Memory => MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;

    internal static WorkLimits Read(SettingsValue work)
    {
        work.Object("memoryBytes", "network");
        return new(work.Find("memoryBytes")?.Whole(Least, Most), work.Find("network") is { } network && IsRequired(network));
    }

    private static bool IsRequired(SettingsValue network) => network.Text("off or required") switch
    {
        "off" => false,
        "required" => true,
        _ => throw network.Expected("off (work is cut off from the network where that is possible) or required (no work where it is not)"),
    };
}
