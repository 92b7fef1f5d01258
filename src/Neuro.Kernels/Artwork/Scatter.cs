namespace Neuro.Kernels.Artwork;

/// <summary>The chance in a label: Knuth's subtractive generator (The Art of Computer Programming, volume 2, section 3.2.2).</summary>
/// <remarks>It gives the numbers that <see cref="Random"/> gives today for the same seed, which the bundled labels were drawn with; but the runtime may change its own, and a label must not change with it.</remarks>
internal sealed class Scatter
{
    private const int Modulus = int.MaxValue;
    private const int Lag = 55;
    private const int ShortLag = 34;
    private const int Golden = 161_803_398;

    private readonly int[] ring = new int[Lag];
    private int at;

    public Scatter(int seed)
    {
        var (last, next) = (Golden - (seed == int.MinValue ? int.MaxValue : Math.Abs(seed)), 1);
        ring[Lag - 1] = last;
        for (var i = 1; i < Lag; i++)
        {
            // 21 and 55 have no common divisor, so each place is met once.
            var place = (21 * i % Lag) - 1;
            ring[place] = next;
            (last, next) = (next, Wrapped(last - next));
        }

        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < Lag; i++)
            {
                ring[i] = Wrapped(ring[i] - ring[(i + 31) % Lag]);
            }
        }
    }

    /// <summary>From 0 up to, not including, 1.</summary>
    public float NextSingle()
    {
        // In single precision the largest of the generator's numbers round to 1.
        float value;
        do
        {
            value = (float)NextUnit();
        }
        while (value >= 1);

        return value;
    }

    /// <summary>From 0 up to, not including, <paramref name="count"/>.</summary>
    public int Next(int count) => (int)(NextUnit() * count);

    private static int Wrapped(int difference) => difference < 0 ? difference + Modulus : difference;

    private double NextUnit()
    {
        var value = ring[at] - ring[(at + Lag - ShortLag) % Lag];
        ring[at] = value = Wrapped(value == Modulus ? value - 1 : value);
        at = (at + 1) % Lag;
        return value * (1.0 / Modulus);
    }
}
