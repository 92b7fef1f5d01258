namespace Neuro.Backend.Market;

/// <summary>The platform's fee by kind of job, in basis points on top of what nodes get.</summary>
internal static class Fees
{
    public static readonly IReadOnlyDictionary<string, int> BasisPoints = new SortedDictionary<string, int>(StringComparer.Ordinal)
    {
        ["custom-generator"] = 1000,
        ["custom-model"] = 1000,
        ["dataset"] = 1000,
        ["generator"] = 1000,
        ["labelling"] = 1000,
        ["model"] = 1000,
        ["render"] = 1000,
        ["train"] = 1000,
    };
}
