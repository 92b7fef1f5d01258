using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neuro.Notebooks.Jupyter;

/// <summary>The cells that were run, of this session and of earlier ones: a file a session, so that kernels that run side by side never write into one.</summary>
/// <remarks>Bounded: the newest sessions stay, and each keeps its first cells. A file that cannot be read or written costs the history, never the kernel.</remarks>
internal sealed class History
{
    private const int MostSessions = 50, MostCells = 5000, LongestCell = 100_000;
    private const long LargestFile = 16 << 20;
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    private readonly string? folder;
    private readonly Dictionary<int, List<Entry>> sessions;
    private readonly List<Entry> own = [];
    private readonly string? file;

    private sealed record Entry(int Session, int Line, string Input, string? Output);

    /// <param name="folder">Where the files lie; null to forget with the process.</param>
    public History(string? folder)
    {
        this.folder = folder;
        sessions = Load();
        Session = sessions.Keys.DefaultIfEmpty().Max() + 1;
        file = Claim();
        sessions[Session] = own;
    }

    /// <summary>The number of this session, from 1.</summary>
    public int Session { get; private set; }

    public void Add(int line, string input, string? output)
    {
        if (own.Count >= MostCells || input.Length > LongestCell)
        {
            return;
        }

        var entry = new Entry(Session, line, input, output is { Length: > LongestCell } ? null : output);
        own.Add(entry);
        if (file is not null && (!File.Exists(file) || new FileInfo(file).Length < LargestFile))
        {
            Try(() => File.AppendAllText(file, new JsonArray(line, entry.Input, entry.Output).ToJsonString() + "\n"));
        }
    }

    /// <summary>What the request asks for: [session, line, input], or [session, line, [input, output]].</summary>
    public JsonArray Find(HistoryRequest asked)
    {
        var found = asked.HistAccessType switch
        {
            "range" => Range(asked),
            "search" => Last(Search(asked.Pattern ?? "*", asked.Unique), asked.N),
            _ => Last([.. All], asked.N),
        };
        return [.. found.Select(entry => (JsonNode)new JsonArray(entry.Session, entry.Line, asked.Output ? new JsonArray(entry.Input, entry.Output) : entry.Input))];
    }

    private IEnumerable<Entry> All => sessions.OrderBy(session => session.Key).SelectMany(session => session.Value);

    /// <summary>Session 0 is this one, -1 the one before; lines from start up to, and without, stop.</summary>
    private IEnumerable<Entry> Range(HistoryRequest asked) =>
        sessions.GetValueOrDefault(asked.Session > 0 ? asked.Session : Session + asked.Session, []).Where(entry => entry.Line >= asked.Start && (asked.Stop is not { } stop || entry.Line < stop));

    private static List<Entry> Last(List<Entry> entries, int? count) => count is >= 0 and var n && n < entries.Count ? entries[^n..] : entries;

    /// <summary>Whole cells that match the pattern, in which * is any text and ? any character; of equal cells only the newest when they are to be unique.</summary>
    private List<Entry> Search(string pattern, bool unique)
    {
        var regex = new Regex(
            $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$", RegexOptions.Singleline | RegexOptions.NonBacktracking, MatchTime);
        var found = All.Where(entry => regex.IsMatch(entry.Input));
        return unique ? [.. found.Reverse().DistinctBy(entry => entry.Input).Reverse()] : [.. found];
    }

    private Dictionary<int, List<Entry>> Load()
    {
        var loaded = new Dictionary<int, List<Entry>>();
        Try(() =>
        {
            if (folder is null || !Directory.Exists(folder))
            {
                return;
            }

            var files = Directory.GetFiles(folder, "*.jsonl").Select(path => (Path: path, Session: NumberOf(path))).Where(found => found.Session > 0).OrderByDescending(found => found.Session).ToList();
            foreach (var (path, _) in files.Skip(MostSessions - 1))
            {
                File.Delete(path);
            }

            foreach (var (path, session) in files.Take(MostSessions - 1).Where(found => new FileInfo(found.Path).Length <= LargestFile + LongestCell))
            {
                loaded[session] = [.. File.ReadLines(path).Take(MostCells).Select(line => Parse(session, line)).OfType<Entry>()];
            }
        });
        return loaded;
    }

    /// <summary>A file of this session's own, under the next free number.</summary>
    private string? Claim()
    {
        string? claimed = null;
        Try(() =>
        {
            while (folder is not null && claimed is null)
            {
                Client.Api.DataFolder.Create(folder);
                var path = Path.Combine(folder, $"{Session:D6}.jsonl");
                try
                {
                    using var made = new FileStream(path, FileMode.CreateNew);
                    claimed = path;
                }
                catch (IOException) when (File.Exists(path))
                {
                    Session++; // Another kernel began meanwhile.
                }
            }
        });
        return claimed;
    }

    private static int NumberOf(string path) => int.TryParse(Path.GetFileNameWithoutExtension(path), out var number) && number < int.MaxValue / 2 ? number : 0;

    private static Entry? Parse(int session, string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonArray { Count: 3 } parts ? new(session, (int)parts[0]!, (string)parts[1]!, (string?)parts[2]) : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            return null; // Cut off, or not ours.
        }
    }

    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
