using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Accounts;
using Neuro.Backend.Artifacts;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Market;

namespace Neuro.Backend.Market;

/// <summary>The generators on offer: those that the platform starts with, and the newest version of each that an account published.</summary>
internal sealed partial class GeneratorDesk(PlatformOptions options, Database database, Workloads workloads, PlanContexts contexts, TimeProvider time) : IDisposable
{
    private const int ShortestName = 3;
    private const int LongestName = 40;
    private const int MostVersions = 200;
    private const int LargestRecipe = 256 << 10;

    // One at a time: of two publications at once, each has to see the other's version and count.
    private readonly SemaphoreSlim publishing = new(1);

    public async Task<IReadOnlyList<GeneratorListing>> ListAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var newest = db.Generators.Where(row => !db.Generators.Any(other => other.Name == row.Name && other.Version > row.Version));
        var published = await newest.OrderBy(row => row.Name).Select(row => row.Document).ToListAsync(cancel);
        return [.. options.Generators, .. published.Select(Read)];
    }

    /// <summary>Publishes under a name that is free or the account's own, and lets everyone read the catalogue. The newest version's content again is that version.</summary>
    /// <exception cref="NeuroException"><c>generator.bad_name</c>, <c>generator.name_taken</c>, <c>generator.too_many</c>, <c>generator.recipe_too_large</c>, or why no dataset of the recipe can be planned.</exception>
    public async Task<GeneratorListing> PublishAsync(Guid account, string name, GeneratorPublication publication, CancellationToken cancel)
    {
        CheckName(name);
        Input.Text(publication.Title, "title", 1, 100);
        Input.Text(publication.Description, "description", 0, 1000);
        Input.Text(publication.License, "license", 1, 100);
        var recipe = Input.NotNull(publication.Recipe, "recipe");
        if (JsonSerializer.SerializeToUtf8Bytes(recipe, NeuroJson.Options).Length is var length and > LargestRecipe)
        {
            throw new NeuroException("generator.recipe_too_large", $"The recipe has {length} bytes; one to publish has at most {LargestRecipe}.");
        }

        // A plan of one image is the check: whoever can order from it can also publish it.
        var plan = await workloads.Of(RenderSpec.KindName).PlanAsync(new RenderSpec(recipe, 1, 1), contexts.For(account), cancel);
        await publishing.WaitAsync(cancel);
        try
        {
            return await PublishAsync(account, name, publication, plan, cancel);
        }
        finally
        {
            publishing.Release();
        }
    }

    public void Dispose() => publishing.Dispose();

    private async Task<GeneratorListing> PublishAsync(Guid account, string name, GeneratorPublication publication, WorkPlan plan, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var newest = await db.Generators.AsNoTracking().Where(row => row.Name == name).OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancel);
        if (newest is not null && newest.AccountId != account)
        {
            throw Taken(name);
        }

        var content = ContentHash(publication, plan);
        if (newest?.ContentHash == content)
        {
            return Read(newest.Document);
        }

        if (await db.Generators.CountAsync(row => row.AccountId == account, cancel) >= MostVersions)
        {
            throw new NeuroException("generator.too_many", $"You have published {MostVersions} versions of generators, the most an account may. Go on with one of them.") { Status = 409 };
        }

        var owner = await db.Accounts.Where(row => row.Id == account).Select(row => row.Name).SingleAsync(cancel);
        var inputs = plan.Shards[0].Inputs;
        var listing = new GeneratorListing(
            name, (newest?.Version ?? 0) + 1, Words.Clip(publication.Title, 100), Words.Clip(publication.Description, 1000), Words.Clip(publication.License, 100),
            LabelsOf(publication), publication.Recipe, inputs.Count > 0 ? inputs[0] : null, owner);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        db.Generators.Add(new GeneratorRow
        {
            Name = name,
            Version = listing.Version,
            AccountId = account,
            ContentHash = content,
            Document = JsonSerializer.Serialize(listing, NeuroJson.Options),
            CreatedAt = time.GetUtcNow(),
        });
        await db.SaveChangesAsync(cancel);
        foreach (var input in inputs)
        {
            await ArtifactFiles.GrantAsync(db, input.Sha256, Caller.Everyone, time.GetUtcNow(), cancel);
        }

        await transaction.CommitAsync(cancel);
        return listing;
    }

    /// <summary>Those of the generator whose recipe it is.</summary>
    private IReadOnlyList<string> LabelsOf(GeneratorPublication publication) =>
        publication.Recipe.TryGetPropertyValue("generator", out var node) && node?.GetValueKind() == JsonValueKind.String
            ? options.Generators.FirstOrDefault(generator => generator.Name == node.GetValue<string>())?.Labels ?? []
            : [];

    private void CheckName(string name)
    {
        if (name.Length is < ShortestName or > LongestName || !NamePattern().IsMatch(name))
        {
            throw new NeuroException(
                "generator.bad_name", $"'{Words.Clip(name, 2 * LongestName)}' is no name for a generator; expected {ShortestName} to {LongestName} small letters, digits and single hyphens between them, such as my-shop.");
        }

        if (options.Generators.Any(generator => generator.Name == name))
        {
            throw Taken(name);
        }
    }

    private static string ContentHash(GeneratorPublication publication, WorkPlan plan) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new[] { plan.RecipeHash, publication.Title, publication.Description, publication.License })));

    private static GeneratorListing Read(string document) => JsonSerializer.Deserialize<GeneratorListing>(document, NeuroJson.Options)!;

    private static NeuroException Taken(string name) =>
        new("generator.name_taken", $"The generator '{name}' is another's. Publish yours under another name.") { Status = 409 };

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z")]
    private static partial Regex NamePattern();
}
