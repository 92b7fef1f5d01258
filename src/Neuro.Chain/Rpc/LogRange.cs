using System.Runtime.CompilerServices;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Rpc;

/// <summary>Logs of many blocks, a range at a time: as wide as the node allows.</summary>
public static class LogRange
{
    private const long WidestRange = 10_000;

    /// <summary>All logs from block <paramref name="from"/> to <paramref name="to"/>, both included, range by range, with the last block of each.</summary>
    /// <remarks>A range that is too much for the node, or for the size of an answer, is halved; after one that was not, the next is twice as wide.</remarks>
    /// <exception cref="NeuroException">As <see cref="IEthereum.LogsAsync"/>; too much in a single block, too.</exception>
    public static async IAsyncEnumerable<(IReadOnlyList<Log> Logs, long UpTo)> LogRangesAsync(
        this IEthereum chain, IReadOnlyList<Address> addresses, IReadOnlyList<IReadOnlyList<Hash32>> topics, long from, long to,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var width = WidestRange; from <= to;)
        {
            var upTo = Math.Min(to, from + width - 1);
            IReadOnlyList<Log> logs;
            try
            {
                logs = await chain.LogsAsync(new(addresses, topics, BlockRef.Of(from), BlockRef.Of(upTo)), cancel);
            }
            catch (NeuroException wrong) when (wrong.Code is "chain.too_much" or "chain.refused" && upTo > from)
            {
                width = (upTo - from + 1) / 2;
                continue;
            }

            yield return (logs, upTo);
            from = upTo + 1;
            width = Math.Min(WidestRange, width * 2);
        }
    }
}
