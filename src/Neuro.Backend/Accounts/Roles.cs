using Neuro.Client.Api;

namespace Neuro.Backend.Accounts;

/// <summary>What an account is here for; one may have several.</summary>
[Flags]
internal enum Roles
{
    None = 0,

    /// <summary>Buys NTK and licences, orders jobs and work.</summary>
    Consumer = 1,

    /// <summary>Publishes generators and listings.</summary>
    Supplier = 2,

    /// <summary>Labels for money.</summary>
    Labeller = 4,

    /// <summary>Earns with nodes.</summary>
    NodeOwner = 8,

    /// <summary>Runs the platform.</summary>
    Operator = 16,

    All = Consumer | Supplier | Labeller | NodeOwner | Operator,
}

/// <summary>Roles in words.</summary>
internal static class RoleWords
{
    private static readonly (Roles Role, string Word)[] Table =
        [(Roles.Consumer, "consumer"), (Roles.Supplier, "supplier"), (Roles.Labeller, "labeller"), (Roles.NodeOwner, "node-owner"), (Roles.Operator, "operator")];

    /// <summary>What a new account of a kind has.</summary>
    public static Roles Of(string kind) => kind switch
    {
        "customer" => Roles.Consumer | Roles.Supplier | Roles.Labeller,
        "node" => Roles.NodeOwner,
        _ => Roles.None,
    };

    public static IReadOnlyList<string> Words(this Roles roles) => [.. Table.Where(entry => roles.HasFlag(entry.Role)).Select(entry => entry.Word)];

    /// <exception cref="NeuroException"><c>account.bad_role</c></exception>
    public static Roles Parse(IReadOnlyList<string> words) => words.Aggregate(Roles.None, (roles, word) => roles | Parse(word));

    private static Roles Parse(string word)
    {
        var found = Array.Find(Table, entry => entry.Word == word).Role;
        return found != Roles.None ? found : throw new NeuroException("account.bad_role", $"'{Backend.Words.Clip(word ?? "", 50)}' is not a role; expected {string.Join(", ", Table.Select(entry => entry.Word))}.");
    }
}
