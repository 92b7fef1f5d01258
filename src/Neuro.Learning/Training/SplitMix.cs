namespace Neuro.Learning.Training;

/// <summary>Small seeded random numbers (SplitMix64; Steele, Lea and Flood 2014). Made from what a draw is for, such as (seed, epoch, sample), so that it does not depend on what was drawn before, on threads, or on a resume.</summary>
internal struct SplitMix(ulong state)
{
    private ulong state = state;

    public static SplitMix For(ulong seed, params ReadOnlySpan<ulong> purpose)
    {
        foreach (var part in purpose)
        {
            seed = Mix(seed ^ Mix(part));
        }

        return new(seed);
    }

    /// <summary>A number for a name.</summary>
    public static ulong Of(string name) => name.Aggregate(0xcbf29ce484222325UL, (hash, letter) => Mix(hash ^ letter));

    public ulong Next()
    {
        state = unchecked(state + 0x9e3779b97f4a7c15UL);
        return Mix(state);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public float Uniform(float low, float high) => low + (high - low) * (float)Unit();

    public int Below(int count) => (int)(Unit() * count);

    public bool Chance(double share) => Unit() < share;

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
            return z ^ (z >> 31);
        }
    }
}
