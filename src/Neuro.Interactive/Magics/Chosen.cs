using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;

namespace Neuro.Interactive.Magics;

/// <summary>Finds the job, dataset, model or listing that somebody means: by object, id, the end of an id as tables show it, name, or nothing for the last one.</summary>
internal static class Chosen
{
    public const string ModelHelp = "@variable that #!neuro-train left, id or name of a model, or the folder of one; the variable model if left out.";

    /// <exception cref="MagicException">There is no such job.</exception>
    public static async Task<Job> JobAsync(NeuroClient client, object? meant, IMagicHost host)
    {
        meant ??= Variable<Job>(host, "job");
        return meant switch
        {
            Job job => job,
            JobProgress now => now.Job,
            Guid id => await client.Api.GetJobAsync(id, host.Cancellation),
            string text when Guid.TryParse(text, out var id) => await client.Api.GetJobAsync(id, host.Cancellation),
            string or null => Named(await client.Api.GetJobsAsync(host.Cancellation), meant as string, job => job.Id, job => job.Title, "job", "#!neuro-quote and #!neuro-order make one"),
            _ => throw Wrong("job", meant),
        };
    }

    /// <exception cref="MagicException">There is no such dataset.</exception>
    public static async Task<DatasetManifest> DatasetAsync(NeuroClient client, object? meant, IMagicHost host)
    {
        meant ??= Variable<Job>(host, "job") is { DatasetId: not null } made ? made : Variable<DatasetManifest>(host, "dataset");
        return meant switch
        {
            DatasetManifest dataset => dataset,
            Job job => await client.DatasetAsync(job, host.Cancellation),
            Guid id => await client.Api.GetDatasetAsync(id, host.Cancellation),
            string text when Guid.TryParse(text, out var id) => await client.Api.GetDatasetAsync(id, host.Cancellation),
            string or null => Named(await client.Api.GetDatasetsAsync(host.Cancellation), meant as string, dataset => dataset.Id, dataset => dataset.Name, "dataset", "#!neuro-quote and #!neuro-order make one"),
            _ => throw Wrong("dataset", meant),
        };
    }

    /// <summary>The package of a model of the platform, or the folder of one on this machine, for which no platform is asked.</summary>
    /// <exception cref="MagicException">There is no such model.</exception>
    public static async Task<string> ModelAsync(NeuroSession session, object? meant, IMagicHost host) => (await ModelAndJobAsync(session, meant, host)).Model;

    /// <summary>As <see cref="ModelAsync"/>, with the job that made it; null for a folder.</summary>
    /// <exception cref="MagicException">There is no such model.</exception>
    public static async Task<(string Model, Guid? Job)> ModelAndJobAsync(NeuroSession session, object? meant, IMagicHost host)
    {
        meant ??= Variable<object>(host, "model");
        if (meant is string folder && Directory.Exists(folder))
        {
            return (folder, null);
        }

        if (meant is not (ModelManifest or string or Guid or null))
        {
            throw new MagicException(
                "magic.bad_value", $"--model is a {meant.GetType().Name}; expected a ModelManifest, as #!neuro-train leaves it, or the folder of a model.");
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        var model = meant switch
        {
            ModelManifest made => made,
            Guid id => await client.Api.GetModelAsync(id, host.Cancellation),
            string text when Guid.TryParse(text, out var id) => await client.Api.GetModelAsync(id, host.Cancellation),
            _ => Named(
                await client.Api.GetModelsAsync(host.Cancellation), meant as string, model => model.Id, model => model.Name,
                "model", "#!neuro-train makes one", " and there is no such folder"),
        };
        return (await client.DownloadAsync(model, host.Cancellation), model.JobId);
    }

    /// <summary>Labelled pictures: the shards of a dataset, or an object that Neuro.Learning knows, which goes through as it is; it says so where it does not.</summary>
    public static async Task<object> PicturesAsync(NeuroSession session, object? meant, IMagicHost host)
    {
        if (meant is not (null or string or Guid or DatasetManifest or Job))
        {
            return meant;
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        return await client.DownloadAsync(await DatasetAsync(client, meant, host), host.Cancellation);
    }

    /// <exception cref="MagicException">There is no such listing.</exception>
    public static async Task<Listing> ListingAsync(NeuroClient client, object meant, IMagicHost host) => meant switch
    {
        Listing listing => listing,
        Guid id => await client.Api.GetListingAsync(id, host.Cancellation),
        string text when Guid.TryParse(text, out var id) => await client.Api.GetListingAsync(id, host.Cancellation),
        string name => Named(
            await client.Api.GetListingsAsync(cancel: host.Cancellation), name, listing => listing.Id, listing => listing.Name,
            "listing", "nothing is on offer here", whose: "There is"),
        _ => throw Wrong("listing", meant),
    };

    // Lists come newest first, so the first is the last one made.
    public static T Named<T>(
        IReadOnlyList<T> all, string? meant, Func<T, Guid> id, Func<T, string> name, string what, string wayOut, string besides = "", string whose = "You have")
        where T : class
    {
        if (all.Count == 0)
        {
            throw new MagicException("magic.missing_value", $"{whose} no {what} yet; {wayOut}.");
        }

        if (meant is null)
        {
            return all[0];
        }

        var end = meant.TrimStart('…').ToLowerInvariant();
        return all.FirstOrDefault(one => name(one).Equals(meant, StringComparison.OrdinalIgnoreCase))
            ?? (end.Length >= 4 ? all.FirstOrDefault(one => id(one).ToString().EndsWith(end, StringComparison.Ordinal)) : null)
            ?? throw new MagicException("magic.bad_value", $"{whose} no {what} '{meant}'{besides}.{MagicSpelling.Suggest(meant, all.Select(name), "")}");
    }

    private static T? Variable<T>(IMagicHost host, string name)
        where T : class => host.TryGetVariable(name, out var value) ? value as T : null;

    public static MagicException Wrong(string what, object value) =>
        new("magic.bad_value", $"A {value.GetType().Name} does not say which {what}; give a variable that holds one, an id, or a name.");
}
