using System.Data.Common;
using System.Globalization;

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

        command.CommandText = Text(statement, "@p", first: 0);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>A statement with numbered parameters for its holes: <c>$1</c>, <c>$2</c> … for the prefix <c>$</c> and the first number 1.</summary>
    public static string Text(FormattableString statement, string prefix, int first) =>
        string.Format(CultureInfo.InvariantCulture, statement.Format, [.. Enumerable.Range(first, statement.ArgumentCount).Select(i => $"{prefix}{i}")]);

    /// <exception cref="InvalidOperationException">The row that a statement was to change is not what its writer took it for.</exception>
    public static void ThrowUnlessOne(FormattableString statement, int changed)
    {
        if (changed != 1)
        {
            throw new InvalidOperationException($"A row is not what its writer took it for: {changed} rows instead of one by {statement.Format}.");
        }
    }
}
