using System.Security.Claims;

namespace Neuro.Backend.Accounts;

/// <summary>A key that was found: who it speaks for, and what it may do.</summary>
internal sealed record KnownKey(Guid Id, Guid Account, Roles Roles, Scopes Scopes, DateTimeOffset? Expires)
{
    public bool IsOver(DateTimeOffset now) => Expires <= now;
}

/// <summary>A caller with an API key.</summary>
internal sealed class KeyIdentity(KnownKey key, string scheme) : ClaimsIdentity([new Claim(Caller.AccountClaim, key.Account.ToString())], scheme)
{
    public KnownKey Key { get; } = key;
}
