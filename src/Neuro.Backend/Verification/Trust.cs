namespace Neuro.Backend.Verification;

/// <summary>How often a node's deliveries are checked: all of them until enough were right, then seldom, never never. (Adaptive replication as in BOINC, with a floor.)</summary>
internal static class Trust
{
    /// <summary>So many shards one after another are to be found right before one is taken unchecked.</summary>
    public const int Proving = 10;

    /// <summary>The least chance that a shard is checked.</summary>
    public const double Least = 1 / 20.0;

    /// <summary>The chance that an accepted shard brings its node another one whose answer is known.</summary>
    public const double CanaryChance = 1 / 50.0;

    /// <summary>So many rejected deliveries one after another are no accident.</summary>
    public const int MostRejections = 3;

    private enum Draw : ulong
    {
        Check = 1,
        Canary = 2,
        Pick = 3,
    }

    /// <param name="streak">Shards found right one after another; below zero, rejected ones.</param>
    public static double ChanceOfCheck(int streak) => streak < Proving ? 1 : Math.Max(1.0 / streak, Least);

    /// <param name="seed">The shard's, drawn when it was delivered: no node can know it before.</param>
    public static bool IsChecked(long seed, int streak) => Uniform(seed, Draw.Check) < ChanceOfCheck(streak);

    public static bool BringsCanary(long seed) => Uniform(seed, Draw.Canary) < CanaryChance;

    /// <summary>One of so many.</summary>
    public static int Pick(long seed, int count) => (int)(Uniform(seed, Draw.Pick) * count);

    // SplitMix64's mixing of one number (Steele, Lea and Flood 2014): each draw from a seed is independent of the others, and of which images it chooses.
    private static double Uniform(long seed, Draw draw)
    {
        unchecked
        {
            var mixed = (ulong)seed + ((ulong)draw * 0x9E3779B97F4A7C15);
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
