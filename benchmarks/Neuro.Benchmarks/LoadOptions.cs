using System.Globalization;
using Neuro.Backend.Storage;

namespace Neuro.Benchmarks;

/// <summary>What the verbs take that put load on a database: how many callers, for how long, on which engine.</summary>
internal sealed record LoadOptions(int Callers, double Seconds, string Engine)
{
    /// <summary>The options, with <paramref name="usual"/> where they are left out; null, and the usage on standard error, when one is not understood.</summary>
    public static LoadOptions? Parse(string verb, string[] args, LoadOptions usual)
    {
        var options = usual;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            if (args[i] == "--callers" && int.TryParse(value, CultureInfo.InvariantCulture, out var callers) && callers is >= 1 and <= 100_000)
            {
                options = options with { Callers = callers };
            }
            else if (args[i] == "--seconds" && double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 3600)
            {
                options = options with { Seconds = seconds };
            }
            else if (args[i] == "--engine" && value is "sqlite" or "postgres")
            {
                options = options with { Engine = value };
            }
            else
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verb} [--callers {usual.Callers}] [--seconds {usual.Seconds}] [--engine sqlite|postgres]"));
                return null;
            }
        }

        return options;
    }

    /// <summary>Runs <paramref name="measure"/> with a folder of its own and, for PostgreSQL, with a connection string to an empty database; all is gone afterwards.</summary>
    public async Task<int> OnEngineAsync(Func<string, string?, Task> measure)
    {
        var folder = Directory.CreateTempSubdirectory("neuro-bench-").FullName;
        if (Engine == "sqlite")
        {
            await measure(folder, null);
        }
        else if (LedgerPostgres.FindBinaries() is { } binaries)
        {
            await using var server = await LedgerPostgres.StartAsync(binaries);
            await measure(folder, await server.NewDatabaseAsync());
        }
        else
        {
            Console.Error.WriteLine("--engine postgres needs initdb: apt install postgresql");
            return 1;
        }

        Directory.Delete(folder, recursive: true);
        return 0;
    }

    /// <summary>Runs <paramref name="measure"/> over an empty database with its tables.</summary>
    public Task<int> OnDatabaseAsync(Func<Database, Task> measure) => OnEngineAsync(async (folder, postgres) =>
    {
        await using var database = postgres is null ? Database.Sqlite(Path.Combine(folder, "neuro.db")) : Database.Postgres(postgres);
        await database.MigrateAsync(CancellationToken.None);
        await measure(database);
    });
}
