using System.Globalization;
using Neuro.Client.Operations;

namespace Neuro.Cli.Commands.Admin;

/// <summary>Lines of text about nodes and jobs, as wide as what is in them. What others named is shown without its control characters.</summary>
internal static class FleetTables
{
    private const int LongestName = 40;

    public static IEnumerable<string> Nodes(IReadOnlyList<FleetNode> nodes, DateTimeOffset now) => Aligned(
        ["node", "id", "owner", "state", "render CU/s", "train CU/s", "done", "rejected", "lost", "last seen"],
        nodes.Select(node => new[]
        {
            Clean(node.Name), node.Id, Clean(node.OwnerName), node.State, Number(node.RenderCuPerSecond), Number(node.TrainCuPerSecond), Number(node.ShardsDone), Number(node.ShardsRejected),
            Number(node.ShardsLost), Age(now - node.LastSeen) + " ago",
        }),
        words: 4);

    public static IEnumerable<string> Jobs(IReadOnlyList<RunningJob> jobs, DateTimeOffset now) => Aligned(
        ["job", "kind", "title", "age", "verified", "open", "leased", "delivered", "oldest lease", "spent of cap, NTK"],
        jobs.Select(job => new[]
        {
            job.Id.ToString(), job.Kind, Clean(job.Title), Age(now - job.CreatedAt), $"{Number(job.Verified)}/{Number(job.Shards)}", Number(job.Open), Number(job.Leased), Number(job.Delivered),
            job.OldestLease is { } oldest ? Age(now - oldest) : "none", $"{job.Spent}/{job.Cap}",
        }),
        words: 3);

    /// <summary>How long something has lasted: 5 s, 3 min, 2 h, 4 d.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 0 } => "0 s",
        { TotalSeconds: < 120 } => $"{(int)age.TotalSeconds} s",
        { TotalMinutes: < 120 } => $"{(int)age.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)age.TotalHours} h",
        _ => $"{(int)age.TotalDays} d",
    };

    // The first columns are words, the others numbers.
    private static IEnumerable<string> Aligned(string[] head, IEnumerable<string[]> rows, int words)
    {
        List<string[]> all = [head, .. rows];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToList();
        return all.Select(row => string.Join("  ", row.Select((cell, column) => column < words ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private static string Clean(string name)
    {
        var clean = string.Concat(name.Where(letter => !char.IsControl(letter) && char.GetUnicodeCategory(letter) != UnicodeCategory.Format));
        return clean.Length <= LongestName ? clean : clean[..(LongestName - 1)] + "…";
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
