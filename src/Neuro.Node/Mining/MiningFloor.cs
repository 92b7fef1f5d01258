using Neuro.Client.Tokens;

namespace Neuro.Node.Mining;

/// <summary>What a CU must pay so that work beats mining: the switch, put as a floor, since nodes ask for work and are not offered it.</summary>
/// <remarks>
/// An hour of work must pay a tenth more than an hour of the better of mining and of the machine standing still, and the warm-up that it costs to go back, spread over
/// as long as work lasts here. A change is filed when it is of more than a tenth and has lasted for a minute, so that a yield that flutters moves nothing.
/// </remarks>
/// <param name="warmUp">Yield is lost for this long at each way back to mining.</param>
internal sealed class MiningFloor(TimeSpan warmUp, TimeProvider time)
{
    private const decimal Better = 1.10m;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // The platform takes no higher floor.
    private static readonly Ntk Highest = Ntk.Of(1_000_000);

    private readonly Lasting drift = new(time, Minute);
    private readonly Lasting turn = new(time, Minute);
    private Ntk? yield;
    private bool known;

    /// <summary>How long work lasts here between two times of mining; learned, and ten minutes to begin with.</summary>
    public TimeSpan Run { get; private set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether mining is worth its energy. An unknown yield changes nothing: it is not taken for none.</summary>
    public bool Pays { get; private set; } = true;

    /// <summary>The floor to ask, NTK per CU; null while the yield or the speed is unknown: then no work is asked for.</summary>
    public Ntk? Filed { get; private set; }

    /// <summary>Tells how long the device was away from mining.</summary>
    public void Worked(TimeSpan run) => Run = (Run * 0.8) + ((run > Minute ? run : Minute) * 0.2);

    /// <summary>Reckons anew.</summary>
    /// <param name="perHour">What an hour of mining pays; null when unknown.</param>
    /// <param name="energy">What an hour of this machine's energy costs.</param>
    /// <param name="cuPerHour">What this node does in an hour; null while it is not measured.</param>
    public void Know(Ntk? perHour, Ntk energy, double? cuPerHour)
    {
        yield = perHour;
        if (perHour is { } mining)
        {
            var pays = Pays && known ? mining >= energy && mining > Ntk.Zero : mining.Nano > energy.Nano * (known ? Better : 1);
            if (turn.Has(pays != Pays) || !known)
            {
                Pays = pays;
            }

            known = true;
        }

        var floor = cuPerHour is > 0 ? Candidate(energy, (decimal)cuPerHour.Value) : null;
        if (drift.Has(floor is { } next && Filed is { } filed && Math.Abs(next.Nano - filed.Nano) > filed.Nano / 10) || floor is null || Filed is null)
        {
            Filed = floor;
        }
    }

    private Ntk? Candidate(Ntk energy, decimal cuPerHour)
    {
        if (yield is not { } mining)
        {
            return null;
        }

        var perHour = (Math.Max(mining.Nano, energy.Nano) * Better) + (Pays ? mining.Nano * (decimal)(warmUp / Run) : 0);
        var perCu = Math.Ceiling(perHour / cuPerHour);
        return perCu < Highest.Nano ? new Ntk((long)perCu) : Highest;
    }
}

/// <summary>Whether something has been so for a while without a break.</summary>
internal sealed class Lasting(TimeProvider time, TimeSpan span)
{
    private long? since;

    /// <summary>Tells whether it is so now; true when it has been for the whole span, and from then on it counts anew.</summary>
    public bool Has(bool now)
    {
        since = now ? since ?? time.GetTimestamp() : null;
        if (since is not { } began || time.GetElapsedTime(began) < span)
        {
            return false;
        }

        since = null;
        return true;
    }
}
