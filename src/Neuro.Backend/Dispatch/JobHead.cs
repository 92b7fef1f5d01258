using Neuro.Backend.Nodes;
using Neuro.Backend.Storage;

namespace Neuro.Backend.Dispatch;

/// <summary>What giving out the shards of a job needs of it.</summary>
internal sealed record JobHead(Guid Id, Guid AccountId, string Kind, long PriceNano, long CapPriceNano, int FeeBasisPoints, int Priority, int? MostAtOnce, int Shards, DateTimeOffset CreatedAt)
{
    /// <summary>As a query reads it.</summary>
    public static IQueryable<JobHead> From(IQueryable<JobRow> jobs) => jobs.Select(job => new JobHead(
        job.Id, job.AccountId, job.Kind, job.PriceNano, job.CapPriceNano, job.FeeBasisPoints, job.Priority, job.MostAtOnce, job.Shards, job.CreatedAt));

    /// <summary>Whether a node is fit for this kind of work, whatever it asks.</summary>
    public bool Suits(KnownNode node) => node.Capacity.CuPerSecond(Kind) > 0;

    /// <summary>The oldest first; but each account's places go to its jobs by their priority.</summary>
    /// <param name="jobs">The oldest first.</param>
    public static List<JobHead> InTurn(IReadOnlyList<JobHead> jobs)
    {
        var byAccount = jobs.GroupBy(job => job.AccountId).ToDictionary(mine => mine.Key, mine => new Queue<JobHead>(mine.OrderByDescending(job => job.Priority)));
        return [.. jobs.Select(job => byAccount[job.AccountId].Dequeue())];
    }
}
