namespace Neuro.Client.Api;

/// <summary>An error that a person can act on: what was wrong, with the value, and what to do.</summary>
/// <param name="code">Stable, for programs: <c>area.what</c>, such as <c>ledger.insufficient_funds</c>.</param>
/// <param name="message">One sentence or two, for people.</param>
public sealed class NeuroException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;

    /// <summary>The HTTP status it came with, or should go out with; 0 when HTTP had no part in it.</summary>
    public int Status { get; init; }

    /// <summary>How long to wait before the same request has a chance; null when the platform did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
