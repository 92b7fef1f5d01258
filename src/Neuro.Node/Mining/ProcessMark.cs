using System.Globalization;

namespace Neuro.Node.Mining;

/// <summary>A process that can be known again: numbers of processes are used again, a number with the start in the kernel's clock ticks is not.</summary>
/// <param name="Start">Clock ticks from the start of the machine; 0 where the system does not tell.</param>
internal readonly record struct ProcessMark(int Id, long Start)
{
    public static ProcessMark Own { get; } = ProcessLine.Read(Environment.ProcessId)?.Mark ?? new(Environment.ProcessId, 0);

    /// <summary>Whether this very process runs; one that has ended and whose parent has not asked yet does not.</summary>
    public bool IsAlive => OperatingSystem.IsLinux() ? ProcessLine.Read(Id) is { IsGone: false } line && line.Start == Start : Exists(Id);

    /// <summary>Names this start of the machine: a mark from before it means nothing.</summary>
    public static string Boot() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static bool Exists(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>What Linux says of a process in <c>/proc/ID/stat</c> (proc(5)).</summary>
/// <param name="Session">The number of its session's first process.</param>
internal readonly record struct ProcessLine(int Id, char State, int Session, long Start)
{
    public ProcessMark Mark => new(Id, Start);

    public bool IsGone => State is 'Z' or 'X' or 'x';

    public bool IsStopped => State is 'T' or 't';

    /// <summary>Null when there is no such process.</summary>
    public static ProcessLine? Read(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>All processes of the machine.</summary>
    public static IEnumerable<ProcessLine> All() =>
        Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<ProcessLine>();

    /// <summary>Null for what is no such line. The name of the program may hold anything, so what counts comes after its last bracket.</summary>
    public static ProcessLine? Parse(string line)
    {
        var (open, close) = (line.IndexOf('('), line.LastIndexOf(')'));
        if (open < 1 || close < open)
        {
            return null;
        }

        var rest = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return rest.Length > 19 && rest[0].Length == 1 && int.TryParse(line[..open], out var id) && int.TryParse(rest[3], out var session) && long.TryParse(rest[19], out var start)
            ? new(id, rest[0][0], session, start)
            : null;
    }
}
