using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Neuro.Client.Api;
using Npgsql;

namespace Neuro.Backend;

/// <summary>Turns what a machine can do to a platform (a full disk, a taken port, a read-only folder) into a sentence with a code.</summary>
internal static class Failures
{
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int SqliteReadOnly = 8;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteNotADatabase = 26;

    /// <summary>Null when it is none of these.</summary>
    public static NeuroException? Describe(Exception failure, string where = "the data folder")
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            var described = cause switch
            {
                NeuroException known => known,
                SqliteException { SqliteErrorCode: SqliteFull } => DiskFull(where, failure),
                IOException full when (full.HResult & 0xFFFF) is NoSpace or 112 => DiskFull(where, failure),
                SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteCannotOpen } => ReadOnly(where, failure),
                IOException fixedDisk when (fixedDisk.HResult & 0xFFFF) is ReadOnlyFileSystem => ReadOnly(where, failure),
                UnauthorizedAccessException => ReadOnly(where, failure),
                SqliteException { SqliteErrorCode: SqliteNotADatabase } =>
                    new NeuroException("platform.database_broken", $"The database in {where} is not a database any more. Move it away, or start over with another folder.", failure) { Status = 500 },
                AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
                    new NeuroException("platform.port_taken", $"{where} is taken by another program. Stop it, or choose another port (0 picks a free one).", failure),
                SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } =>
                    new NeuroException("platform.port_forbidden", $"This program may not listen at {where}. Choose an address of this machine and a port above 1023 (0 picks a free one).", failure),
                NpgsqlException { IsTransient: true } or NpgsqlException { InnerException: SocketException } =>
                    new NeuroException("platform.database_unreachable", $"PostgreSQL does not answer ({cause.Message.TrimEnd('.')}). Check that it runs and that the connection string is right.", failure) { Status = 503 },
                _ => null,
            };
            if (described is not null)
            {
                return described;
            }
        }

        return null;
    }

    private static NeuroException DiskFull(string where, Exception cause) =>
        new("platform.disk_full", $"The disk under {where} is full. Free some space and try again; nothing that was confirmed is lost.", cause) { Status = 507 };

    /// <summary>A folder in which nothing can be written, or which cannot be made.</summary>
    public static NeuroException ReadOnly(string where, Exception cause) =>
        new("platform.folder_read_only", $"Nothing can be written to {where}. Give this user the right to write there, or choose another folder.", cause) { Status = 500 };
}
