namespace Neuro.Backend.Market;

/// <summary>The platform's fees by service, in basis points: 5 to 15 %. Fixed when money is held: another table never changes what was agreed.</summary>
/// <remarks>
/// Of compute the fee comes on top of what nodes get; of everything else it is part of what the buyer pays.
/// The reason for each rate is in docs/treasury.md.
/// </remarks>
internal static class Fees
{
    public const string Trading = "trading";

    public static readonly IReadOnlyDictionary<string, int> BasisPoints = new SortedDictionary<string, int>(StringComparer.Ordinal)
    {
        ["custom-generator"] = 1200,
        ["custom-model"] = 1200,
        ["dataset"] = 1000,
        ["diloco"] = 1000,
        ["generator"] = 1500,
        ["labelling"] = 500,
        ["model"] = 1000,
        ["render"] = 1000,
        [Trading] = 500,
        ["train"] = 1000,
    };
}
