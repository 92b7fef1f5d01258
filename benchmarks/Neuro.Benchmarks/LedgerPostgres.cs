using System.Diagnostics;
using Npgsql;

namespace Neuro.Benchmarks;

/// <summary>A PostgreSQL of one's own: a fresh cluster in a temporary folder, reached through a socket there, with fsync as shipped. Gone when disposed.</summary>
/// <remarks>Shared with the backend's tests. PostgreSQL refuses to run as root; there it runs as the user <c>postgres</c> that its package makes.</remarks>
internal sealed class LedgerPostgres : IAsyncDisposable
{
    public const string DebianFolder = "/usr/lib/postgresql/15/bin";
    private readonly string binaries;
    private readonly string folder;
    private int databases;

    private LedgerPostgres(string binaries, string folder) => (this.binaries, this.folder) = (binaries, folder);

    /// <summary>The folder with initdb and pg_ctl, or null when PostgreSQL is not installed.</summary>
    public static string? FindBinaries() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : [])
            .FirstOrDefault(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "initdb")));

    public static async Task<LedgerPostgres> StartAsync(string binaries, CancellationToken cancel = default)
    {
        // Short: a socket's path has at most 107 characters.
        var folder = Directory.CreateTempSubdirectory("npg-").FullName;
        var server = new LedgerPostgres(binaries, folder);
        try
        {
            if (Environment.UserName == "root")
            {
                await RunAsync("chown", ["postgres", folder], cancel);
            }

            await server.AsPostgresAsync("initdb", ["-D", server.Cluster, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync"], cancel);
            await server.GoOnAsync(cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private string Cluster => Path.Combine(folder, "data");

    /// <summary>A connection string to a new, empty database.</summary>
    /// <param name="template">A database, that nobody is connected to, of which it is a copy; null for an empty one.</param>
    public async Task<string> NewDatabaseAsync(CancellationToken cancel = default, string? template = null)
    {
        var name = $"neuro{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection($"Host={folder};Username=postgres;Database=postgres;Pooling=false");
        await connection.OpenAsync(cancel);
        await using var create = connection.CreateCommand();
        create.CommandText = template is null ? $"CREATE DATABASE {name}" : $"CREATE DATABASE {name} TEMPLATE {template}";
        await create.ExecuteNonQueryAsync(cancel);
        return $"Host={folder};Username=postgres;Database={name};Maximum Pool Size=20";
    }

    /// <summary>Stops it; what was committed stays.</summary>
    /// <param name="mode">fast, which ends every session, or immediate, which is a crash: the next start recovers.</param>
    public Task StopAsync(string mode, CancellationToken cancel = default) => AsPostgresAsync("pg_ctl", ["-D", Cluster, "-m", mode, "-w", "stop"], cancel);

    /// <summary>Starts it over the data that it has.</summary>
    public Task GoOnAsync(CancellationToken cancel = default) =>
        AsPostgresAsync("pg_ctl", ["-D", Cluster, "-w", "-l", Path.Combine(folder, "log"), "-o", $"-c listen_addresses='' -k {folder}", "start"], cancel);

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Cluster))
        {
            await AsPostgresAsync("pg_ctl", ["-D", Cluster, "-m", "immediate", "-w", "stop"], CancellationToken.None, mayFail: true);
        }

        Directory.Delete(folder, recursive: true);
    }

    private Task AsPostgresAsync(string program, string[] arguments, CancellationToken cancel, bool mayFail = false)
    {
        var path = Path.Combine(binaries, program);
        return Environment.UserName == "root" ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments], cancel, mayFail) : RunAsync(path, arguments, cancel, mayFail);
    }

    // Output goes to a file, not a pipe: the server would inherit the pipe and keep it open.
    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancel, bool mayFail = false)
    {
        var quoted = string.Join(' ', arguments.Prepend(program).Select(argument => $"'{argument.Replace("'", "'\\''")}'"));
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {quoted} >/dev/null 2>&1 </dev/null"]) { WorkingDirectory = "/tmp" })!;
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0 && !mayFail)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
