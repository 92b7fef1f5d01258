using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;

namespace Neuro.Interactive.Magics;

/// <summary>Finds the job or dataset that somebody means: an object, an id, the end of an id as tables show it, a name, or nothing for the last one.</summary>
internal static class Chosen
{
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

    // Lists come newest first, so the first is the last one made.
    private static T Named<T>(IReadOnlyList<T> all, string? meant, Func<T, Guid> id, Func<T, string> name, string what, string wayOut)
        where T : class
    {
        if (all.Count == 0)
        {
            throw new MagicException("magic.missing_value", $"You have no {what} yet; {wayOut}.");
        }

        if (meant is null)
        {
            return all[0];
        }

        var end = meant.TrimStart('…').ToLowerInvariant();
        return all.FirstOrDefault(one => name(one).Equals(meant, StringComparison.OrdinalIgnoreCase))
            ?? (end.Length >= 4 ? all.FirstOrDefault(one => id(one).ToString().EndsWith(end, StringComparison.Ordinal)) : null)
            ?? throw new MagicException("magic.bad_value", $"You have no {what} '{meant}'.{MagicSpelling.Suggest(meant, all.Select(name), "")}");
    }

    private static T? Variable<T>(IMagicHost host, string name)
        where T : class => host.TryGetVariable(name, out var value) ? value as T : null;

    private static MagicException Wrong(string what, object value) =>
        new("magic.bad_value", $"A {value.GetType().Name} does not say which {what}; give a variable that holds one, an id, or a name.");
}
