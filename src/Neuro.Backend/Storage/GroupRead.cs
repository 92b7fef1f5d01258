using System.Data.Common;
using System.Text.Json;
using Neuro.Client.Api;

namespace Neuro.Backend.Storage;

/// <summary>Reads rows by their id, all that are asked for meanwhile in one query: what group commit is for writing.</summary>
/// <remarks>
/// Nothing is kept: each query begins after everyone in it has asked, so that each sees all that was committed before they asked, by whatever process. One query runs at a time.
/// A row of its own through EF Core costs seven times the work with 64 callers and twice with one (balances, benchmark <c>api</c>).
/// </remarks>
/// <param name="select">SELECT id, … FROM …, without an end.</param>
/// <param name="read">A row; its id is column 0.</param>
internal sealed class GroupRead<T>(Database database, string select, Func<DbDataReader, T> read)
    where T : class
{
    private const int MostWaiting = 8192;
    private readonly Lock asking = new();
    private List<Question> waiting = [];
    private bool reading;

    private sealed record Question(Guid Id, TaskCompletionSource<T?> Answer);

    /// <summary>The row with this id, or null when there is none.</summary>
    /// <exception cref="NeuroException"><c>database.busy</c> (503): more questions wait than it takes.</exception>
    public Task<T?> FindAsync(Guid id, CancellationToken cancel)
    {
        var question = new Question(id, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (asking)
        {
            if (waiting.Count == MostWaiting)
            {
                throw new NeuroException("database.busy", "More is being asked for than the database can answer. Ask again in a second.") { Status = 503 };
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
        // Kept as long as there are questions: to open SQLite costs more than to ask it.
        DbCommand? command = null;
        while (Next() is { } questions)
        {
            try
            {
                command ??= await PrepareAsync();
                var rows = await QueryAsync(command, [.. questions.Select(question => question.Id).Distinct()]);
                questions.ForEach(question => question.Answer.SetResult(rows.GetValueOrDefault(question.Id)));
            }
            catch (Exception failure)
            {
                questions.ForEach(question => question.Answer.TrySetException(failure));
                await CloseAsync(command);
                command = null;
            }
        }

        await CloseAsync(command);
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

    private async Task<DbCommand> PrepareAsync()
    {
        var connection = await database.OpenAsync(CancellationToken.None);
        var command = connection.CreateCommand();
        command.CommandText = $"{select} WHERE id {(database.IsPostgres ? "= ANY(@ids)" : "IN (SELECT value FROM json_each(@ids))")}";
        var ids = command.CreateParameter();
        ids.ParameterName = "@ids";
        command.Parameters.Add(ids);
        return command;
    }

    private async Task<Dictionary<Guid, T>> QueryAsync(DbCommand command, Guid[] ids)
    {
        command.Parameters[0].Value = database.IsPostgres ? ids : JsonSerializer.Serialize(ids.Select(id => id.ToString().ToUpperInvariant()));
        await command.PrepareAsync();
        await using var rows = await command.ExecuteReaderAsync();
        var found = new Dictionary<Guid, T>(ids.Length);
        while (await rows.ReadAsync())
        {
            found.Add(rows.GetGuid(0), read(rows));
        }

        return found;
    }

    private static async Task CloseAsync(DbCommand? command)
    {
        if (command is { Connection: { } connection })
        {
            await command.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
