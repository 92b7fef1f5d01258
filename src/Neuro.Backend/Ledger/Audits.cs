using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Client.Market;

namespace Neuro.Backend.Ledger;

/// <summary>Proofs that were written down.</summary>
internal static class Audits
{
    private static readonly TimeSpan Between = TimeSpan.FromDays(1);

    public static async Task<LedgerProof> RunAsync(Database database, TimeProvider time, CancellationToken cancel, string? noted = null)
    {
        var proof = await Proof.ReadAsync(database, cancel, noted is null ? null : Chain.Parse(noted));
        var (sequence, hash) = Chain.Parse(proof.Head);
        await using var db = database.CreateDbContext();
        db.Audits.Add(new AuditRow { Id = Guid.CreateVersion7(), At = time.GetUtcNow(), Transfers = proof.Transfers, Sequence = sequence, Chain = hash, Faults = JsonSerializer.Serialize(proof.Faults) });
        await db.SaveChangesAsync(cancel);
        return proof;
    }

    public static async Task<bool> IsDueAsync(Database database, TimeProvider time, CancellationToken cancel)
    {
        var since = time.GetUtcNow() - Between;
        await using var db = database.CreateDbContext();
        return !await db.Audits.AnyAsync(row => row.At > since, cancel);
    }
}
