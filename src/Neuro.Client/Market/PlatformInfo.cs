using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>What anyone may know of a platform before signing in.</summary>
/// <param name="PublicKey">The ed25519 key that signs receipts, base64.</param>
/// <param name="UnitPrice">What one NTK costs from the treasury, in <paramref name="Currency"/>.</param>
/// <param name="FeeBasisPoints">The platform's fee by service, in basis points: of <c>render</c> and <c>train</c> on top of what nodes get, else of what the buyer pays.</param>
public sealed record PlatformInfo(string Version, string PublicKey, decimal UnitPrice, string Currency, IReadOnlyDictionary<string, int> FeeBasisPoints)
{
    /// <summary>What is suggested where a supplier publishes no price.</summary>
    public IReadOnlyList<ListPrice> Prices { get; init; } = [];
}

/// <summary>A default price.</summary>
/// <param name="Service">As in the table of fees.</param>
/// <param name="Quantity">How many of <paramref name="Unit"/> the price is for.</param>
public sealed record ListPrice(string Service, int Quantity, string Unit, Ntk Price);

/// <summary>Who an API key belongs to.</summary>
public sealed record Account(Guid Id, string Name, Ntk Available)
{
    /// <summary>What the account is here for: <c>consumer</c>, <c>supplier</c>, <c>labeller</c>, <c>node-owner</c>, <c>operator</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>What the key may do: <c>read</c>, <c>trade</c>, <c>publish</c>, <c>admin</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}
