namespace Neuro.Client.Accounts;

/// <summary>The roles that an account shall have: <c>consumer</c>, <c>supplier</c>, <c>labeller</c>, <c>node-owner</c>, <c>operator</c>.</summary>
public sealed record RoleChange(IReadOnlyList<string> Roles);
