using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Neuro.Backend.Nodes;

namespace Neuro.Backend.Accounts;

/// <summary>Reads the bearer token: an API key speaks for an account, a node token for a node.</summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccountDirectory accounts, Tokens tokens, NodeRegistry nodes)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        var token = header["Bearer ".Length..].Trim();
        if (tokens.ReadNode(token) is { } node && await nodes.KnowsAsync(node, Context.RequestAborted))
        {
            return Ticket(new ClaimsIdentity([new Claim(Caller.NodeClaim, node)], Scheme.Name));
        }

        return await accounts.FindAsync(token, Context.RequestAborted) is { } key
            ? Ticket(new KeyIdentity(key, Scheme.Name))
            : AuthenticateResult.Fail("unknown token");
    }

    private AuthenticateResult Ticket(ClaimsIdentity identity) => AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
}

/// <summary>Who is asking.</summary>
internal static class Caller
{
    public const string AccountClaim = "account";
    public const string NodeClaim = "node";

    /// <summary>Who reads what was published: anyone that signed in.</summary>
    public const string Everyone = "everyone";

    /// <summary>The account behind an API key; only on routes that demand one.</summary>
    public static Guid AccountId(this ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue(AccountClaim)!);

    /// <summary>The API key of the caller; null for a node or a stranger.</summary>
    public static KnownKey? Key(this ClaimsPrincipal user) => (user.Identity as KeyIdentity)?.Key;

    /// <summary>The node behind a node token; only on routes that demand one.</summary>
    public static string NodeId(this ClaimsPrincipal user) => user.FindFirstValue(NodeClaim)!;

    /// <summary>How an artifact's list of readers names the caller.</summary>
    public static string Reader(this ClaimsPrincipal user) => user.FindFirstValue(AccountClaim) is { } account ? Reader(Guid.Parse(account)) : NodeReader(user.NodeId());

    public static string Reader(Guid account) => $"account:{account}";

    public static string NodeReader(string node) => $"node:{node}";
}
