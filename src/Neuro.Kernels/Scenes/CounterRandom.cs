namespace Neuro.Kernels.Scenes;

/// <summary>Random numbers that are a function of what they are for: (seed, image, purpose) and a counter.</summary>
/// <remarks>Image k is made without the images before it, and a new knob with its own purpose leaves all others as they were.</remarks>
internal struct CounterRandom(ulong seed, ulong image, ulong purpose)
{
    private readonly ulong key = Hash(seed, image, purpose);
    private ulong counter;

    /// <summary>Three numbers to one with full avalanche (the finaliser of SplitMix64: Steele, Lea and Flood 2014).</summary>
    public static ulong Hash(ulong a, ulong b, ulong c) => Mix(Mix(Mix(a + 0x9E3779B97F4A7C15) ^ b) ^ c);

    public ulong NextBits() => Mix(key + (++counter * 0x9E3779B97F4A7C15));

    /// <summary>From 0 up to, not including, 1.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 up to, not including, <paramref name="count"/>.</summary>
    public int NextIndex(int count) => (int)(NextUnit() * count);

    public double NextUniform(double from, double to) => from + ((to - from) * NextUnit());

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * PortableMath.Log(1 - NextUnit()));
        return radius * PortableMath.Cos(2 * Math.PI * NextUnit());
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
