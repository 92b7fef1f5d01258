using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Backend.Verification;
using Neuro.Client.Api;
using Neuro.Client.Nodes;

namespace Neuro.Backend.Nodes;

/// <summary>What is known of nodes, for everybody.</summary>
internal sealed class NodeRecords(Database database)
{
    private const int MostShown = 50;
    private const int MostKept = 200;

    /// <param name="viewer">Sees which jobs the marks of its own nodes were of.</param>
    /// <param name="seesAll">Sees that of all.</param>
    /// <exception cref="NeuroException"><c>node.not_found</c></exception>
    public async Task<NodeRecord> GetAsync(string id, Guid viewer, bool seesAll, CancellationToken cancel)
    {
        Input.Text(id, "id", 44, 44);
        await using var db = database.CreateDbContext();
        var row = await db.Nodes.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw NotFound(id);
        var marks = await db.NodeMarks.AsNoTracking().Where(mark => mark.NodeId == id).OrderByDescending(mark => mark.Sequence).Take(MostShown).ToListAsync(cancel);
        var all = seesAll || row.AccountId == viewer;
        var failed = row.ShardsRejected + row.ShardsLost;
        return new(
            row.Id, row.Name, row.ShardsDone, row.ShardsRejected, row.ShardsLost, Math.Max(0, row.Streak), Trust.ChanceOfCheck(row.Streak),
            new(TrackRecord.Reliability(row.ShardsDone, failed), TrackRecord.PriorVerified, TrackRecord.PriorShards, row.ShardsDone, failed),
            new(await Stakes.BalanceAsync(db, id, cancel)), new(row.StakeNano), row.BarredAt, row.BarredFor,
            marks.ConvertAll(mark => new NodeMark(mark.At, mark.Type, mark.Text, all ? mark.JobId : null, all ? mark.Shard : null)));
    }

    public static NeuroException NotFound(string id) => new("node.not_found", $"There is no node {id}. List the nodes and give the id of one.") { Status = 404 };

    /// <summary>Keeps the newest marks of each node.</summary>
    public async Task ForgetAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        foreach (var node in await db.NodeMarks.GroupBy(mark => mark.NodeId).Where(marks => marks.Count() > MostKept).Select(marks => marks.Key).ToListAsync(cancel))
        {
            var oldest = await db.NodeMarks.Where(mark => mark.NodeId == node).OrderByDescending(mark => mark.Sequence).Skip(MostKept - 1).Select(mark => mark.Sequence).FirstAsync(cancel);
            await db.NodeMarks.Where(mark => mark.NodeId == node && mark.Sequence < oldest).ExecuteDeleteAsync(cancel);
        }
    }
}
