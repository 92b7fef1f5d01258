using System.Data.Common;
using System.Text.Json;
using Neuro.Backend.Jobs;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Backend.Artifacts;

/// <summary>Every text on the platform that may name an artifact, with why that keeps it. Whoever adds a table that names artifacts adds it here.</summary>
internal static class ArtifactNames
{
    private static readonly (string Because, string Sql)[] Texts =
    [
        ("dataset", "SELECT document FROM datasets"),
        ("model", "SELECT document FROM models"),
        ("generator", "SELECT document FROM generators"),
        ("job", $"SELECT spec FROM jobs WHERE state < {(int)JobPhase.Succeeded}"),
        ("job", $"SELECT shards.inputs FROM shards JOIN jobs ON jobs.id = shards.job_id WHERE jobs.state < {(int)JobPhase.Succeeded}"),
        ("job", $"SELECT shards.outputs FROM shards JOIN jobs ON jobs.id = shards.job_id WHERE jobs.state < {(int)JobPhase.Succeeded} AND shards.outputs IS NOT NULL"),
        ("job", $"SELECT rounds.document FROM rounds JOIN jobs ON jobs.id = rounds.job_id WHERE jobs.state < {(int)JobPhase.Succeeded}"),
        ("deal", "SELECT sha256 FROM deal_deliveries WHERE sha256 IS NOT NULL"),
        ("quote", "SELECT spec FROM quotes"), // They are forgotten an hour after nobody can order them any more.
        ("quote", "SELECT plan FROM quotes"),
    ];

    /// <summary>The texts one by one, as one snapshot of the database has them.</summary>
    /// <param name="since">Receipts from before are over their term.</param>
    public static async IAsyncEnumerable<(string Because, string Text)> ReadAsync(DbTransaction snapshot, DateTimeOffset since)
    {
        await foreach (var document in RowsAsync(snapshot, "SELECT document FROM receipts"))
        {
            var receipt = JsonSerializer.Deserialize<Receipt>(document, NeuroJson.Options)!;
            if (receipt.At > since)
            {
                yield return ("receipt", string.Join(' ', receipt.Outputs));
            }
        }

        foreach (var (because, sql) in Texts)
        {
            await foreach (var text in RowsAsync(snapshot, sql))
            {
                yield return (because, text);
            }
        }
    }

    private static async IAsyncEnumerable<string> RowsAsync(DbTransaction snapshot, string sql)
    {
        await using var command = snapshot.Connection!.CreateCommand();
        command.Transaction = snapshot;
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            yield return rows.GetString(0);
        }
    }
}
