using Neuro.Client.Api;

namespace Neuro.Backend.Accounts;

/// <summary>What a key may do of what its account may.</summary>
[Flags]
internal enum Scopes
{
    None = 0,

    /// <summary>Sees what is the account's.</summary>
    Read = 1,

    /// <summary>Moves money: purchases, quotes, jobs, order books, licences, deals.</summary>
    Trade = 2,

    /// <summary>Puts things on offer: generators, listings, artifacts, nodes.</summary>
    Publish = 4,

    /// <summary>Makes and deletes keys; does what an operator does.</summary>
    Admin = 8,

    All = Read | Trade | Publish | Admin,
}

/// <summary>Scopes in words, as they are kept: with a space between, and nothing at all for all of them.</summary>
internal static class ScopeWords
{
    private static readonly (Scopes Scope, string Word)[] Table = [(Scopes.Read, "read"), (Scopes.Trade, "trade"), (Scopes.Publish, "publish"), (Scopes.Admin, "admin")];

    public static IReadOnlyList<string> Words(this Scopes scopes) => [.. Table.Where(entry => scopes.HasFlag(entry.Scope)).Select(entry => entry.Word)];

    public static Scopes Read(string kept) => Parse(kept.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>All of them when none is named.</summary>
    /// <exception cref="NeuroException"><c>key.bad_scope</c></exception>
    public static Scopes Parse(IReadOnlyList<string> words) => words.Count == 0 ? Scopes.All : words.Aggregate(Scopes.None, (scopes, word) => scopes | Parse(word));

    private static Scopes Parse(string word)
    {
        var found = Array.Find(Table, entry => entry.Word == word).Scope;
        return found != Scopes.None ? found : throw new NeuroException("key.bad_scope", $"'{Backend.Words.Clip(word ?? "", 50)}' is not a scope; expected {string.Join(", ", Table.Select(entry => entry.Word))}.");
    }
}
