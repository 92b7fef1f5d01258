namespace Neuro.Kernels.Formats;

/// <summary>
/// A shard or dataset that cannot be written or read. Codes: <c>shard.not_found</c>, <c>.truncated</c>, <c>.malformed</c>, <c>.unexpected_member</c>, <c>.too_large</c>, <c>.unreadable</c>,
/// <c>.unwritable</c>, <c>.disk_full</c>, <c>.audit_failed</c>, <c>.too_many_instances</c>; <c>dataset.empty</c>, <c>.mixed</c>, <c>.locked</c>, <c>.another</c>, <c>.other_catalogue</c>, <c>.bad_count</c>, <c>.bad_card</c>.
/// </summary>
public sealed class ShardException(string code, string message, Exception? cause = null) : KernelsException(code, message, cause);
