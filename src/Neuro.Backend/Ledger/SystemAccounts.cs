namespace Neuro.Backend.Ledger;

/// <summary>The platform's own accounts.</summary>
internal static class SystemAccounts
{
    /// <summary>What all NTK were issued against: the only account that may be negative.</summary>
    public static readonly Guid Issuance = DerivedId.Of("account/issuance");

    /// <summary>NTK not yet sold.</summary>
    public static readonly Guid Treasury = DerivedId.Of("account/treasury");

    /// <summary>The platform's fees.</summary>
    public static readonly Guid Fees = DerivedId.Of("account/fees");
}
