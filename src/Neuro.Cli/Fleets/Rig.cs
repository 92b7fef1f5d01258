using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Cli.Fleets;

/// <summary>A machine to play: what its node asks and how much of the real machine's speed it files.</summary>
/// <param name="Weight">Its part of the machine's measured speed, next to the weights of the others.</param>
/// <param name="Floor">The least it takes per CU.</param>
/// <param name="MiningPerCu">What its miner earns in the time of a CU; null for a node without a miner.</param>
public sealed record Rig(string Name, int Weight, Ntk Floor, Ntk? MiningPerCu = null)
{
    public const int Fewest = 3, Most = 16;

    // What mining must be beaten by; see Mining/MiningFloor.
    private const decimal Better = 1.10m;

    private static readonly string[] Names = ["alder", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine", "rowan", "spruce", "thorn", "walnut", "willow", "yew"];
    private static readonly int[] Weights = [4, 3, 3, 2, 2, 2, 1, 1];

    /// <summary>What it will ask, about.</summary>
    internal Ntk Ask => MiningPerCu is { } mining && mining.Times(Better) > Floor ? mining.Times(Better) : Floor;

    /// <summary>A cast: floors rise from the first to the last; the second stops mining for the job's price, the last one's mining pays more than any job here.</summary>
    /// <exception cref="NeuroException"><c>fleet.bad_count</c></exception>
    public static IReadOnlyList<Rig> Cast(int count)
    {
        Check(count);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new Rig(
                Names[i], Weights[i % Weights.Length], Ntk.Of(0.6m + (0.2m * i)), i == count - 1 ? Ntk.Of(10) : i == 1 ? Ntk.Of(0.5m) : null)),
        ];
    }

    internal static void Check(int count)
    {
        if (count is < Fewest or > Most)
        {
            throw new NeuroException("fleet.bad_count", $"A fleet has {Fewest} to {Most} nodes, not {count}: each is a process or more of this machine.");
        }
    }
}
