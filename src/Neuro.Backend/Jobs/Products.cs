using System.Text.Json;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Models;

namespace Neuro.Backend.Jobs;

/// <summary>Writes down what a job made: a dataset from a render job, a model from one that trains.</summary>
internal sealed class Products(TimeProvider time)
{
    public (Guid? Dataset, Guid? Model) Add(NeuroDb db, JobRow job, IReadOnlyList<ShardRow> shards)
    {
        var now = time.GetUtcNow().ToMillisecond();
        switch (JsonSerializer.Deserialize<JobSpec>(job.Spec, NeuroJson.Options))
        {
            case RenderSpec render:
                var dataset = new DatasetManifest(
                    DerivedId.Of("dataset", job.Id), job.Name, job.RecipeHash, render.Seed, render.Count, render.Recipe, Text(render, "catalogue"), [.. shards.Select(FirstOutput)], job.Id, now);
                db.Datasets.Add(new DatasetRow { Id = dataset.Id, AccountId = job.AccountId, Document = JsonSerializer.Serialize(dataset, NeuroJson.Options), CreatedAt = now });
                return (dataset.Id, null);
            case TrainSpec train:
                var measured = JsonSerializer.Deserialize<Dictionary<string, double>>(shards[0].Measured ?? "{}", NeuroJson.Options)!;
                return (null, AddModel(db, job, train.Dataset, FirstOutput(shards[0]), measured, now));
            case DilocoSpec diloco:
                var end = JsonSerializer.Deserialize<RoundState>(db.Rounds.Single(row => row.JobId == job.Id && row.Number == job.Rounds - 1).Document, NeuroJson.Options)!;
                return (null, AddModel(db, job, diloco.Dataset ?? Guid.Empty, end.Product!, end.Measured ?? new Dictionary<string, double>(), now));
            default:
                return (null, null);
        }
    }

    private static Guid AddModel(NeuroDb db, JobRow job, Guid dataset, ArtifactRef package, IReadOnlyDictionary<string, double> measured, DateTimeOffset now)
    {
        var model = new ModelManifest(DerivedId.Of("model", job.Id), job.Name, job.RecipeHash, dataset, package, measured.GetValueOrDefault("validation_accuracy"), job.Id, now);
        db.Models.Add(new ModelRow { Id = model.Id, AccountId = job.AccountId, Document = JsonSerializer.Serialize(model, NeuroJson.Options), CreatedAt = now });
        return model.Id;
    }

    private static string Text(RenderSpec render, string field) =>
        render.Recipe.TryGetPropertyValue(field, out var node) && node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : "";

    private static ArtifactRef FirstOutput(ShardRow shard) => JsonSerializer.Deserialize<List<ArtifactRef>>(shard.Outputs!, NeuroJson.Options)![0];
}
