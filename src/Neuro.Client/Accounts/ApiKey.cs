namespace Neuro.Client.Accounts;

/// <summary>An API key of an account, without its secret, which nobody can show again.</summary>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Scopes">What it may do: <c>read</c>, <c>trade</c>, <c>publish</c>, <c>admin</c>; empty for everything that the account may.</param>
/// <param name="Expires">From when on it is not accepted; null for never.</param>
/// <param name="Hint">The last four characters of its SHA-256, to tell keys apart.</param>
public sealed record ApiKey(Guid Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? Expires, string Hint);

/// <summary>Asks for an API key.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Scopes">At most those of the key that asks; none given for everything that the account may.</param>
/// <param name="Expires">Null for never.</param>
public sealed record ApiKeyRequest(string Name, IReadOnlyList<string>? Scopes = null, DateTimeOffset? Expires = null);

/// <summary>Asks for a new secret of a key.</summary>
/// <param name="GraceMinutes">How long the old secret is still accepted, 0 to 1440 minutes.</param>
public sealed record ApiKeyRotation(int GraceMinutes = 0);

/// <summary>A key and its secret, which is shown this once.</summary>
public sealed record NewApiKey(ApiKey Key, string Secret);
