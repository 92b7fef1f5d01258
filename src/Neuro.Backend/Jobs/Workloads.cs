using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Backend.Jobs;

/// <summary>The kinds of work that this platform sells.</summary>
internal sealed class Workloads(PlatformOptions options)
{
    private readonly Dictionary<string, IWorkload> byKind = options.Workloads.ToDictionary(workload => workload.Kind, StringComparer.Ordinal);

    public IWorkload Of(string kind) => byKind.GetValueOrDefault(kind)
        ?? throw new NeuroException("quote.kind_unknown", $"This platform sells no {kind} jobs; it sells {(byKind.Count == 0 ? "none yet" : string.Join(", ", byKind.Keys.Order(StringComparer.Ordinal)))}.");
}

/// <summary>Shows a plan the things of one customer, and nobody else's.</summary>
internal sealed class PlanContexts(Database database, ArtifactFiles files)
{
    public IPlanContext For(Guid account) => new Context(account, database, files);

    private sealed class Context(Guid account, Database database, ArtifactFiles files) : IPlanContext
    {
        public string ArtifactPath(string sha256)
        {
            Artifact(sha256);
            return files.PathOf(sha256);
        }

        public ArtifactRef Artifact(string sha256)
        {
            using var db = database.CreateDbContext();
            var (name, reader) = (ArtifactFiles.Checked(sha256), Caller.Reader(account));
            var found = db.ArtifactReaders.Any(row => row.Sha256 == name && (row.Reader == reader || row.Reader == Caller.Everyone)) ? db.Artifacts.AsNoTracking().SingleOrDefault(row => row.Sha256 == name) : null;
            return found is not null && File.Exists(files.PathOf(name)) ? new(name, found.Bytes, name[..12], found.MediaType) : throw ArtifactFiles.NotFound(name);
        }

        public async Task<DatasetManifest> DatasetAsync(Guid id, CancellationToken cancel)
        {
            await using var db = database.CreateDbContext();
            var row = await ProductViews.DatasetsOf(db, account).SingleOrDefaultAsync(row => row.Id == id, cancel);
            return row is null ? throw ProductViews.DatasetNotFound(id) : JsonSerializer.Deserialize<DatasetManifest>(row.Document, NeuroJson.Options)!;
        }
    }
}
