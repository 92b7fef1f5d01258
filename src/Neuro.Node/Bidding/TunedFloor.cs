using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Node.Bidding;

/// <summary>The floor of a node over time: counts rounds, lets the tuner learn from each, and writes down what it learned.</summary>
/// <remarks>
/// A round is ten minutes with whatever shards were delivered in them, or the longer time that a shard took, which then counts as so many rounds:
/// the tuner's averages are over time only if its rounds are equally long.
/// </remarks>
internal sealed class TunedFloor
{
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(10);

    // What a tuner forgot half of after 230 rounds need not be told more often than that about one shard.
    private const int MostRounds = 230;

    private readonly string path;
    private readonly Action<string> log;
    private readonly FloorTuner tuner;
    private Ntk earned;
    private Cu work;
    private TimeSpan busy;
    private TimeSpan idle;

    /// <param name="folder">The node's; what was learned is in <c>floor.json</c>.</param>
    /// <param name="cost">What a CU costs the node.</param>
    public TunedFloor(string folder, Ntk cost, Action<string> log)
    {
        (path, this.log) = (Path.Combine(folder, "floor.json"), log);
        tuner = Read(cost) ?? new FloorTuner(cost, BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
        Floor = tuner.Next();
    }

    /// <summary>What to ask now, NTK per CU.</summary>
    public Ntk Floor { get; private set; }

    /// <summary>A shard was delivered. It counts as verified: what is rejected of an honest node is too little to learn from.</summary>
    /// <param name="pay">What the shard brings.</param>
    /// <param name="reliability">By which the floor was divided: the pay times that is what it compares with the floor.</param>
    public void Delivered(Ntk pay, double reliability, Cu done, TimeSpan took)
    {
        earned += new Ntk((long)Math.Round((decimal)pay.Nano * (decimal)reliability));
        work += done;
        busy += took;
        EndRoundIfDue();
    }

    /// <summary>Time without a shard, or with one that came to nothing.</summary>
    public void Idled(TimeSpan time)
    {
        idle += time;
        EndRoundIfDue();
    }

    private void EndRoundIfDue()
    {
        if (busy + idle < Round)
        {
            return;
        }

        var rounds = (int)Math.Clamp(Math.Round((busy + idle) / Round), 1, MostRounds);
        for (var i = 0; i < rounds; i++)
        {
            tuner.Observe(Floor, new(earned.Nano / rounds), new(work.Milli / rounds), busy / rounds, idle / rounds);
        }

        (earned, work, busy, idle) = (Ntk.Zero, default, TimeSpan.Zero, TimeSpan.Zero);
        Floor = tuner.Next();
        Write();
    }

    private void Write()
    {
        try
        {
            DataFolder.WriteSecret(path, JsonSerializer.Serialize(tuner.State, NeuroJson.Options)); // Whole or not at all, whenever the node is killed.
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            log($"{path} cannot be written ({cannot.Message.TrimEnd('.')}): what was learned is lost if the node stops.");
        }
    }

    private FloorTuner? Read(Ntk cost)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            var state = JsonSerializer.Deserialize<FloorTunerState>(File.ReadAllText(path), NeuroJson.Options) ?? throw new JsonException("It is empty.");
            if (state.Cost == cost)
            {
                return new FloorTuner(state);
            }

            log($"{path} was learned for a cost of {state.Cost} NTK per CU; for {cost} learning begins anew.");
        }
        catch (Exception damaged) when (damaged is JsonException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            log($"{path} cannot be read ({damaged.Message.ReplaceLineEndings(" ").TrimEnd('.')}): learning the floor begins anew.");
        }

        return null;
    }
}
