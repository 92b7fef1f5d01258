using System.Data.Common;
using System.Text.Json;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Npgsql;

namespace Neuro.Backend.Ledger;

/// <summary>Reads balances, all that are asked for meanwhile in one query: what group commit is for writing.</summary>
/// <remarks>
/// Nothing is kept: each query begins after everyone in it has asked, so that each sees all that was committed before they asked, by whatever process.
/// One query runs at a time. Without it a balance costs a connection and a query of its own, which is seven times the work with 64 callers and twice with one (benchmark <c>api</c>).
/// </remarks>
internal sealed class Balances(Database database)
{
    private const int MostWaiting = 8192;
    private const string Columns = "SELECT id, name, credits_posted, debits_posted, debits_pending FROM accounts WHERE id";
    private readonly Lock asking = new();
    private List<Question> waiting = [];
    private bool reading;

    private sealed record Question(Guid Account, TaskCompletionSource<Balance> Answer);

    /// <exception cref="NeuroException"><c>account.not_found</c>; <c>ledger.busy</c> (503): more questions wait than it takes.</exception>
    public Task<Balance> ReadAsync(Guid account, CancellationToken cancel)
    {
        var question = new Question(account, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (asking)
        {
            if (waiting.Count == MostWaiting)
            {
                throw new NeuroException("ledger.busy", "More balances are being asked for than the ledger can answer. Ask again in a second.") { Status = 503 };
            }

            waiting.Add(question);
            if (!reading)
            {
                reading = true;
                _ = Task.Run(AnswerAllAsync, CancellationToken.None);
            }
        }

        return question.Answer.Task.WaitAsync(cancel);
    }

    private async Task AnswerAllAsync()
    {
        while (Next() is { } questions)
        {
            try
            {
                var balances = await QueryAsync([.. questions.Select(question => question.Account).Distinct()]);
                foreach (var (account, answer) in questions)
                {
                    if (balances.TryGetValue(account, out var balance))
                    {
                        answer.SetResult(balance);
                    }
                    else
                    {
                        answer.SetException(new NeuroException("account.not_found", $"There is no account {account}.") { Status = 404 });
                    }
                }
            }
            catch (Exception failure)
            {
                questions.ForEach(question => question.Answer.TrySetException(failure));
            }
        }
    }

    private List<Question>? Next()
    {
        lock (asking)
        {
            reading = waiting.Count > 0;
            (var next, waiting) = (waiting, []);
            return reading ? next : null;
        }
    }

    private async Task<Dictionary<Guid, Balance>> QueryAsync(Guid[] accounts)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = connection is NpgsqlConnection ? $"{Columns} = ANY(@ids)" : $"{Columns} IN (SELECT value FROM json_each(@ids))";
        var ids = command.CreateParameter();
        ids.ParameterName = "@ids";
        ids.Value = connection is NpgsqlConnection ? accounts : JsonSerializer.Serialize(accounts.Select(id => id.ToString().ToUpperInvariant()));
        command.Parameters.Add(ids);
        await command.PrepareAsync();
        await using var rows = await command.ExecuteReaderAsync();
        var found = new Dictionary<Guid, Balance>(accounts.Length);
        while (await rows.ReadAsync())
        {
            var (credits, debits, held) = (rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4));
            found.Add(rows.GetGuid(0), new(rows.GetString(1), new(credits - debits - held), new(held)));
        }

        return found;
    }
}
