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

    /// <summary>NTK not yet sold.</summary>
    public static readonly Guid Treasury = DerivedId.Of("account/treasury");

    /// <summary>The platform's fees.</summary>
    public static readonly Guid Fees = DerivedId.Of("account/fees");
}
