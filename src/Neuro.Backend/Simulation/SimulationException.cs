using System.Globalization;

namespace Neuro.Backend.Simulation;

/// <summary>A law did not hold. The message is one line with the command that shows it again.</summary>
public sealed class SimulationException(ulong seed, int step, Exception cause) : Exception(
    string.Create(CultureInfo.InvariantCulture, $"simulate failed at step {step} of seed {seed}: {Words.Clip(cause.Message, 600).TrimEnd('.')}; repeat with: neuro simulate --seed {seed} --steps {Math.Max(1, step)}"), cause)
{
    public ulong Seed => seed;

    /// <summary>The first is 1; 0 when it did not get that far.</summary>
    public int Step => step;
}

/// <summary>What is, is not what should be.</summary>
internal sealed class LawBrokenException(string law) : Exception(law);
