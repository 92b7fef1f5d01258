using System.Data.Common;

namespace Neuro.Backend.Storage;

/// <summary>Statements inside a transaction that somebody else began.</summary>
internal static class Sql
{
    /// <summary>Runs <paramref name="statement"/> with its holes as parameters; how many rows it changed.</summary>
    public static async Task<int> ExecuteAsync(this DbTransaction transaction, FormattableString statement)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        for (var i = 0; i < statement.ArgumentCount; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            parameter.Value = statement.GetArgument(i) ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        command.CommandText = string.Format(System.Globalization.CultureInfo.InvariantCulture, statement.Format, [.. Enumerable.Range(0, statement.ArgumentCount).Select(i => $"@p{i}")]);
        return await command.ExecuteNonQueryAsync();
    }
}
