using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Backend.Jobs;

/// <summary>Jobs and receipts as their customer sees them; other people's are not there.</summary>
internal sealed class JobViews(Database database)
{
    private const int MostJobs = 1000;

    public static NeuroException NotFound(Guid id) => new("job.not_found", $"You have no job {id}. Check the id, or list your jobs.") { Status = 404 };

    public async Task<IReadOnlyList<Job>> ListAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await db.Jobs.AsNoTracking().Where(row => row.AccountId == account && row.State != (int)JobPhase.Placing).OrderByDescending(row => row.CreatedAt).Take(MostJobs).ToListAsync(cancel);
        return rows.ConvertAll(Show);
    }

    public async Task<Job> GetAsync(Guid account, Guid id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var row = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.AccountId == account && row.State != (int)JobPhase.Placing, cancel);
        return row is null ? throw NotFound(id) : Show(row);
    }

    public async Task<IReadOnlyList<Receipt>> ReceiptsAsync(Guid account, Guid job, CancellationToken cancel)
    {
        await GetAsync(account, job, cancel);
        await using var db = database.CreateDbContext();
        var documents = await db.Receipts.Where(row => row.JobId == job).OrderBy(row => row.Number).Select(row => row.Document).ToListAsync(cancel);
        return documents.ConvertAll(document => JsonSerializer.Deserialize<Receipt>(document, NeuroJson.Options)!);
    }

    private static Job Show(JobRow row) => new(
        row.Id, row.Kind, row.Title, ((JobPhase)row.State).Shown(), row.Shards, row.Verified, new(row.WorkMilli), new(row.CapNano), new(row.PaidNano), new(row.ReturnedNano),
        row.DatasetId, row.ModelId, row.Error, row.CreatedAt, row.EndedAt)
    {
        Dispatch = new(row.Paused, row.Priority, row.MostAtOnce),
    };
}
