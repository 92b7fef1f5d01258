using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Neuro.Backend.Storage;

internal sealed class SqliteNeuroDb(DbContextOptions<SqliteNeuroDb> options) : NeuroDb(options);

internal sealed class PostgresNeuroDb(DbContextOptions<PostgresNeuroDb> options) : NeuroDb(options);

/// <summary>For <c>dotnet ef migrations add</c>, which only reads the model.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteNeuroDb>
{
    public SqliteNeuroDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteNeuroDb>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>For <c>dotnet ef migrations add</c>, which only reads the model.</summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresNeuroDb>
{
    public PostgresNeuroDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresNeuroDb>().UseNpgsql("Host=unused").Options);
}
