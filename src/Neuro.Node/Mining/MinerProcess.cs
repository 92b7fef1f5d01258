using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Neuro.Client.Api;
using Neuro.Node.Settings;

namespace Neuro.Node.Mining;

/// <summary>The miner as processes: a session of its own, so that a miner behind a script is seen and stopped with it.</summary>
/// <remarks>
/// The shell that becomes the miner writes down which process it is before it does, so there is no moment in which a miner runs that the next life of the supervisor
/// would not find. Whoever is signalled was started here: the mark is compared, and a session whose first process has gone is told by what its members inherited.
/// </remarks>
internal sealed class MinerProcess(string folder, MinerSettings settings)
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private const string MarkVariable = "NEURO_MINER_OF";
    private const long LongestLog = 10 << 20;
    private static readonly TimeSpan Unkillable = TimeSpan.FromSeconds(10);

    // Nothing but its own arguments is read by this shell: the miner's command is handed over word by word.
    private const string Launch = """
        mark=$1 log=$2; shift 2
        read -r boot </proc/sys/kernel/random/boot_id && read -r line </proc/$$/stat && printf '%s\n%s\n' "$boot" "$line" >"$mark" && exec setsid "$@" </dev/null >>"$log" 2>&1
        """;

    private readonly string markPath = Path.Combine(folder, "miner.pid");
    private readonly string logPath = Path.Combine(folder, "miner.log");
    private readonly string commandPath = Path.Combine(folder, "miner.command");
    private Process? child;
    private ProcessMark mark;

    public int Id => mark.Id;

    public string LogPath => logPath;

    /// <summary>Whether anything of the miner is there, running or stopped.</summary>
    public bool IsAlive => mark.IsAlive || (mark.Id > 0 && Members().Any());

    /// <summary>Whether all of it is stopped.</summary>
    public bool IsStopped => Members().All(member => member.IsStopped);

    private string Command => string.Join('\0', settings.Command);

    /// <summary>Checks that miners can be looked after on this machine, and that this one is there.</summary>
    /// <exception cref="NeuroException"><c>miner.unsupported</c>, <c>miner.not_found</c></exception>
    public void Check()
    {
        if (!OperatingSystem.IsLinux() || Find("setsid") is null)
        {
            throw new NeuroException("miner.unsupported", "The mining switch needs Linux with setsid (apt install util-linux). Take `miner` out of node.json, or run the node there.");
        }

        if (Find(settings.Command[0]) is null)
        {
            throw new NeuroException("miner.not_found", $"miner.command: there is no program {settings.Command[0]}. Give its whole path.");
        }
    }

    /// <summary>Finds a miner that an earlier life of the supervisor left.</summary>
    /// <param name="isOurs">Whether it runs the command that is set now; one of another command is to be stopped.</param>
    public bool FindLeftOver(out bool isOurs)
    {
        isOurs = File.Exists(commandPath) && File.ReadAllText(commandPath) == Command;
        mark = Written();
        return IsAlive;
    }

    /// <summary>Starts it. What it prints goes to <see cref="LogPath"/>.</summary>
    public void Start()
    {
        child?.Dispose();
        mark = default;
        if (File.Exists(logPath) && new FileInfo(logPath).Length > LongestLog)
        {
            File.Move(logPath, logPath + ".1", overwrite: true);
        }

        DataFolder.WriteSecret(commandPath, Command);
        DataFolder.WriteSecret(markPath, "");
        var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", Launch, "sh", markPath, logPath }, WorkingDirectory = folder };
        foreach (var word in settings.Command)
        {
            start.ArgumentList.Add(word);
        }

        Untrusted(start);
        start.Environment[MarkVariable] = folder;
        child = Process.Start(start)!;
        mark = ProcessLine.Read(child.Id)?.Mark ?? Written();
    }

    /// <summary>Asks it to end.</summary>
    public void Stop()
    {
        Signal(settings.Stop == MinerStop.Interrupt ? SigInt : SigTerm);
        Signal(SigCont); // A stopped process hears of nothing else.
    }

    public void Kill() => Signal(SigKill);

    public void Suspend() => Signal(SigStop);

    public void Resume() => Signal(SigCont);

    /// <summary>Ends it, politely for the grace and then not; true when nothing of it is left.</summary>
    public async Task<bool> EndAsync(TimeProvider time)
    {
        Stop();
        for (var began = time.GetTimestamp(); IsAlive; await Task.Delay(TimeSpan.FromMilliseconds(50), time))
        {
            if (time.GetElapsedTime(began) > settings.Grace + Unkillable)
            {
                return false; // Another user's, or in the kernel's hands.
            }

            if (time.GetElapsedTime(began) > settings.Grace)
            {
                Kill();
            }
        }

        return true;
    }

    /// <summary>A program of somebody else gets none of our secrets.</summary>
    public static void Untrusted(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("NEURO_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }
    }

    private void Signal(int signal)
    {
        foreach (var member in Members())
        {
            _ = kill(member.Id, signal); // One that has gone meanwhile needs no signal.
        }
    }

    private IEnumerable<ProcessLine> Members()
    {
        var first = ProcessLine.Read(mark.Id);
        var (id, known) = (mark.Id, first is { } line && line.Start == mark.Start);
        return ProcessLine.All().Where(process => !process.IsGone
            && ((known && process.Id == id) || (process.Session == id && (known ? process.Start >= mark.Start : first is null && HasMark(process.Id)))));
    }

    private bool HasMark(int id)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/environ")).Split('\0').Contains($"{MarkVariable}={folder}");
        }
        catch (Exception others) when (others is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // What the shell wrote down; nothing if that was before this start of the machine.
    private ProcessMark Written() =>
        File.Exists(markPath) && File.ReadAllLines(markPath) is [var boot, var line, ..] && boot == ProcessMark.Boot() ? ProcessLine.Parse(line)?.Mark ?? default : default;

    private static string? Find(string program) => program.Contains('/')
        ? (File.Exists(program) ? program : null)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int sig);
}
