namespace Neuro.Interactive.Magics;

/// <summary>A magic was written wrongly: what was wrong, with the value, and the way out, in one or two lines.</summary>
/// <param name="code">
/// Stable: <c>magic.unknown</c>, <c>magic.unknown_parameter</c>, <c>magic.missing_value</c>, <c>magic.bad_value</c>, <c>magic.unknown_variable</c>, <c>magic.syntax</c>,
/// <c>magic.not_here</c>, <c>magic.not_possible</c>.
/// </param>
public sealed class MagicException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
