using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Neuro.Client.Api;

namespace Neuro.Backend.Accounts;

/// <summary>What a route asks of an account and of its key, on top of being one.</summary>
/// <param name="Scope">None for any key.</param>
/// <param name="Role">None for any account.</param>
internal sealed record Right(Scopes Scope, Roles Role)
{
    /// <summary>What a route asks; one that says nothing asks for <c>read</c> to look and for <c>trade</c> to change something.</summary>
    public static Right Of(Endpoint endpoint, string method) => endpoint.Metadata.GetMetadata<Right>()
        ?? new(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Scopes.Read : Scopes.Trade, Roles.None);

    /// <exception cref="NeuroException"><c>access.role_missing</c>, <c>access.scope_missing</c>, both 403.</exception>
    public void Check(Roles roles, Scopes scopes)
    {
        if (!roles.HasFlag(Role))
        {
            throw new NeuroException(
                "access.role_missing", $"This needs the role {List(Role.Words())}; your account has {List(roles.Words())}. An operator of the platform can give it the role.") { Status = 403 };
        }

        if (!scopes.HasFlag(Scope))
        {
            throw new NeuroException(
                "access.scope_missing", $"This needs a key with the scope {List(Scope.Words())}; yours has {List(scopes.Words())}. Use another key of the account, or make one with that scope.") { Status = 403 };
        }
    }

    private static string List(IReadOnlyList<string> words) => words.Count == 0 ? "none" : string.Join(", ", words);
}

internal static class RightExtensions
{
    /// <summary>Says what these routes ask of an account's key, and of the account.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder routes, Scopes scope, Roles role = Roles.None)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new Right(scope, role));
}

/// <summary>Turns away keys without the scope, and accounts without the role, that a route asks for.</summary>
internal sealed class RightsCheck(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && context.User.Key() is { } key)
        {
            Right.Of(endpoint, context.Request.Method).Check(key.Roles, key.Scopes);
        }

        return next(context);
    }
}
