namespace Neuro.Backend.Ledger;

/// <summary>The platform's own accounts.</summary>
internal static class SystemAccounts
{
    /// <summary>What all NTK were issued against: the only account of NTK that may be negative.</summary>
    public static readonly Guid Issuance = DerivedId.Of("account/issuance");

    /// <summary>What all of another asset were issued against.</summary>
    public static Guid IssuanceOf(string asset) => DerivedId.Of($"account/issuance/{asset}");

    /// <summary>Where an account's holding of another asset is.</summary>
    public static Guid HoldingOf(Guid account, string asset) => asset == Ntk ? account : DerivedId.Of($"account/holding/{asset}", account);

    /// <summary>The asset that everything is priced in.</summary>
    public const string Ntk = "NTK";

    /// <summary>Cash that was paid in: a lot is a cent of the platform's currency.</summary>
    public const string Cash = "CASH";

    /// <summary>NTK not yet sold.</summary>
    public static readonly Guid Treasury = DerivedId.Of("account/treasury");

    /// <summary>What the market maker trades with, out of the treasury. Of the kind treasury too: what it has is not in circulation.</summary>
    public static readonly Guid MarketMaker = DerivedId.Of("account/market-maker");

    /// <summary>The cash that NTK are bought back with, and what was bought and is not burnt yet. Of the kind treasury too.</summary>
    public static readonly Guid Buyback = DerivedId.Of("account/buyback");

    /// <summary>What a node has to lose; of the kind stake.</summary>
    public static Guid StakeOf(string node) => DerivedId.Of($"account/stake/{node}");

    /// <summary>The platform's fees.</summary>
    public static readonly Guid Fees = DerivedId.Of("account/fees");

    /// <summary>The NTK that are outside, on the chain; of the kind chain. What comes in leaves it, what goes out comes to it.</summary>
    public static readonly Guid Chain = DerivedId.Of("account/chain");

    /// <summary>What deposits had below a nano, once it makes a nano.</summary>
    public static readonly Guid Dust = DerivedId.Of("account/dust");

    /// <summary>Deposits for accounts that there are not.</summary>
    public static readonly Guid Unclaimed = DerivedId.Of("account/unclaimed");
}
