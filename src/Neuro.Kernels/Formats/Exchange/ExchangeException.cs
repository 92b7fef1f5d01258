namespace Neuro.Kernels.Formats.Exchange;

/// <summary>
/// Files of another format that cannot be read or written. Codes: <c>import.not_found</c>, <c>.malformed</c>, <c>.outside</c>, <c>.too_large</c>, <c>.unreadable</c>;
/// <c>export.not_empty</c>, <c>.unknown_class</c>, <c>.bad_filter</c>; <c>exchange.unknown_format</c>, <c>.one_way</c>.
/// </summary>
public sealed class ExchangeException(string code, string message, Exception? cause = null) : KernelsException(code, message, cause);
