using System.Text.Json.Serialization;
using Neuro.Client.Tokens;

namespace Neuro.Node.Bidding;

/// <summary>What a floor tuner has learned, for a node that starts again.</summary>
/// <param name="Cost">NTK per CU; the lowest floor.</param>
/// <param name="Random">Where its random numbers are.</param>
internal sealed record FloorTunerState(Ntk Cost, ulong Random, IReadOnlyList<FloorStep> Steps);

/// <summary>Sums over the rounds that tell something of one floor; earlier rounds count less.</summary>
/// <param name="Heard">Rounds at this floor or a lower one.</param>
/// <param name="PassedSum">Profit an hour, nano, of those in which the price was above this floor.</param>
/// <param name="ContestedSum">CU an hour of those that were sold at this floor's price or less.</param>
/// <param name="Tried">Rounds at this floor, and parts of those at the ones beside it.</param>
/// <param name="KeptSum">CU an hour sold in them at the own floor.</param>
internal readonly record struct FloorStep(double Heard, double PassedSum, double ContestedSum, double Tried, double KeptSum)
{
    /// <summary>Profit an hour while others set a price above this floor.</summary>
    [JsonIgnore]
    public double FromOthers => PassedSum / Heard;

    /// <summary>Work an hour that would be sold at no more than this floor if a lower one were asked.</summary>
    [JsonIgnore]
    public double Contested => ContestedSum / Heard;

    /// <summary>Work an hour sold at this floor as the price.</summary>
    [JsonIgnore]
    public double Kept => KeptSum / Tried;

    [JsonIgnore]
    public bool IsSound => new[] { Heard, PassedSum, ContestedSum, Tried, KeptSum }.All(sum => double.IsFinite(sum) && sum >= 0);

    public FloorStep Decayed(double decay) => new(Heard * decay, PassedSum * decay, ContestedSum * decay, Tried * decay, KeptSum * decay);

    public FloorStep Passed(double profit) => this with { Heard = Heard + 1, PassedSum = PassedSum + profit };

    public FloorStep Contest(double work) => this with { Heard = Heard + 1, ContestedSum = ContestedSum + work };

    public FloorStep Try(double weight, double kept) => this with { Tried = Tried + weight, KeptSum = KeptSum + (weight * kept) };
}
