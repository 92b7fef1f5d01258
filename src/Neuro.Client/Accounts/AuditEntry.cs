namespace Neuro.Client.Accounts;

/// <summary>Something that was done or tried with an account's key, or by one of its nodes.</summary>
/// <param name="KeyId">The key it was done with; null for a node.</param>
/// <param name="Action">Method, address and ids.</param>
/// <param name="Status">HTTP status of the answer; 499 when whoever asked hung up before it.</param>
public sealed record AuditEntry(long Sequence, DateTimeOffset At, Guid? AccountId, Guid? KeyId, string Action, int Status);
