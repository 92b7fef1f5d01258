namespace Neuro.Backend.Simulation;

/// <summary>The chance of one step: SplitMix64 (Steele, Lea and Flood 2014) begun from seed and step, so that no step depends on how much the ones before it drew.</summary>
internal sealed class Draws(ulong seed, int step)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong state = Mix(Mix(seed) ^ unchecked((ulong)step * Gamma));

    /// <summary>At least 0, and less than <paramref name="count"/>.</summary>
    public int Below(int count) => (int)Between(0, count - 1);

    /// <summary>Both ends included. The high half of a product is close enough to even: no range here comes near 2⁶⁴.</summary>
    public long Between(long least, long most) => least + (long)Math.BigMul(Next(), (ulong)(most - least) + 1, out _);

    public bool Chance(int percent) => Below(100) < percent;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>An id that nobody has yet.</summary>
    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Next());
        BitConverter.TryWriteBytes(bytes[8..], Next());
        return new(bytes);
    }

    /// <summary>Any order is as likely as any other (Fisher and Yates).</summary>
    public List<T> Shuffled<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        for (var last = list.Count - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (list[last], list[other]) = (list[other], list[last]);
        }

        return list;
    }

    private ulong Next() => Mix(unchecked(state += Gamma));

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
