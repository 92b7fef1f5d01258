using System.Globalization;

namespace Neuro.Backend.Simulation;

/// <summary>What happened in a run in which every law held.</summary>
/// <param name="Orders">Orders that books took.</param>
/// <param name="Transfers">Everything in the ledger: transfers, holds, posts, voids and expiries.</param>
/// <param name="Crashes">How often ledger and exchange were stopped in the middle of work and opened anew.</param>
/// <param name="Refused">Requests that had to be refused, and were.</param>
public sealed record SimulationReport(ulong Seed, int Steps, long Orders, long Trades, long Transfers, long Crashes, long Refused)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"simulate seed={Seed} steps={Steps} orders={Orders} trades={Trades} transfers={Transfers} crashes={Crashes} refused={Refused} ok");
}
