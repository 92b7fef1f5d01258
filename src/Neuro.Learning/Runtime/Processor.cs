namespace Neuro.Learning.Runtime;

/// <summary>What the processor can do that .NET does not tell.</summary>
internal static class Processor
{
    /// <summary>Whether bfloat16 dot products are instructions; without them bfloat16 is slower than fp32.</summary>
    public static bool HasBFloat16 { get; } = Flags().Any(flag => flag is "avx512_bf16" or "amx_bf16");

    /// <summary>Whether sums of products of eight-bit numbers are instructions (VNNI); without them int8 gains little.</summary>
    public static bool HasVnni { get; } = Flags().Any(flag => flag is "avx512_vnni" or "avx_vnni");

    private static string[] Flags()
    {
        const string Path = "/proc/cpuinfo";
        return File.Exists(Path)
            ? File.ReadLines(Path).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ') ?? []
            : [];
    }
}
