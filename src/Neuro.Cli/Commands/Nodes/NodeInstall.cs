using System.CommandLine;
using System.Diagnostics;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Node.Settings;
using Neuro.Node.Work;

namespace Neuro.Cli.Commands.Nodes;

/// <summary><c>neuro node install</c>: makes the node a service of this user, or a script where there is no systemd. It never needs root.</summary>
internal static class NodeInstall
{
    private const string UnitName = "neuro-node.service";

    private static string UnitPath => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config ? config : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "systemd", "user", UnitName);

    public static Command Create(NodeArguments arguments)
    {
        var remove = new Option<bool>("--remove") { Description = "Undoes it. The folder with key, settings and history stays." };
        var command = new Command("install", $"Joins, and has the node run from now on and after a restart: as a systemd service of this user, or by a script. First time: set {NodeCommand.OwnerKeyVariable}.") { remove };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = arguments.ReadFolder(parsed);
            if (parsed.GetValue(remove))
            {
                await RemoveAsync(folder, cancel);
                return 0;
            }

            var options = arguments.Read(parsed);
            NodeSettings.Read(folder); // What is wrong with it is better said here than in a log.
            await Enrolment.JoinAsync(options, Console.WriteLine, cancel);
            Console.WriteLine($"Joined {options.Platform} as {options.Name}.");
            string[] run = [ThisProgram.Host, "exec", ThisProgram.Assembly, "node", "run", "--folder", folder];
            await (await HasSystemdAsync(cancel) ? InstallUnitAsync(run, cancel) : InstallScriptAsync(run, folder, cancel));
            return 0;
        });
        return command;
    }

    /// <summary>The systemd unit that runs a command.</summary>
    public static string Unit(IEnumerable<string> command) => $"""
        [Unit]
        Description=Neuro node
        Wants=network-online.target
        After=network-online.target
        StartLimitIntervalSec=0

        [Service]
        ExecStart={string.Join(' ', command.Select(Quoted))}
        # Drained, it ends with 0 and stays so; killed, it is back in two seconds.
        Restart=on-failure
        RestartSec=2
        KillMode=mixed
        TimeoutStopSec=30

        [Install]
        WantedBy=default.target

        """;

    // systemd.service(5): quoted words know backslashes; % and $ mean something unless doubled.
    private static string Quoted(string word) => $"\"{word.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("%", "%%").Replace("$", "$$")}\"";

    private static async Task InstallUnitAsync(IEnumerable<string> run, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(UnitPath)!);
        await File.WriteAllTextAsync(UnitPath, Unit(run), cancel);
        await SystemctlAsync(cancel, "daemon-reload");
        await SystemctlAsync(cancel, "enable", "--now", UnitName);
        Console.WriteLine($"""
            Wrote {UnitPath}, enabled and started it.
            It runs while you are logged in. To have it run from the start of the machine: loginctl enable-linger
            See it:   neuro node status; journalctl --user -u {UnitName}
            Stop it:  systemctl --user stop {UnitName}, or neuro node drain
            Undo:     neuro node install --remove
            """);
    }

    private static async Task InstallScriptAsync(IEnumerable<string> run, string folder, CancellationToken cancel)
    {
        var path = ScriptPath(folder);
        await File.WriteAllTextAsync(
            path,
            $"""
            #!/bin/sh
            # Runs the Neuro node, again when it was killed; drained or stopped by Ctrl-C it stays so.
            until {string.Join(' ', run.Select(word => $"'{word.Replace("'", "'\\''")}'"))}; do
                sleep 2
            done

            """,
            cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Console.WriteLine($"""
            There is no systemd for this user, so nothing was started. Wrote {path}.
            Start it:         {path}
            After a restart:  crontab -e, and add the line: @reboot '{path}' >>'{Path.Combine(folder, "node.log")}' 2>&1
            See it:           neuro node status
            Stop it:          Ctrl-C, or neuro node drain
            Undo:             neuro node install --remove
            """);
    }

    private static async Task RemoveAsync(string folder, CancellationToken cancel)
    {
        var (unit, script) = (UnitPath, ScriptPath(folder));
        if (!File.Exists(unit) && !File.Exists(script))
        {
            Console.WriteLine($"Nothing is installed: neither {unit} nor {script} is there.");
            return;
        }

        if (File.Exists(unit))
        {
            await SystemctlAsync(cancel, "disable", "--now", UnitName);
            File.Delete(unit);
            await SystemctlAsync(cancel, "daemon-reload");
            Console.WriteLine($"Stopped and removed {unit}.");
        }

        if (File.Exists(script))
        {
            File.Delete(script);
            Console.WriteLine($"Removed {script}. If you put it into your crontab, take it out there.");
        }

        Console.WriteLine($"Key, settings and history stay in {folder}.");
    }

    private static string ScriptPath(string folder) => Path.Combine(folder, "start.sh");

    private static async Task<bool> HasSystemdAsync(CancellationToken cancel)
    {
        try
        {
            return (await RunAsync(cancel, "show-environment")).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task SystemctlAsync(CancellationToken cancel, params string[] words)
    {
        var (code, said) = await RunAsync(cancel, words);
        if (code != 0)
        {
            throw new NeuroException("node.systemd_refused", $"systemctl --user {string.Join(' ', words)} ended with {code}: {said.Trim().ReplaceLineEndings(" ")}");
        }
    }

    private static async Task<(int Code, string Said)> RunAsync(CancellationToken cancel, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo("systemctl", ["--user", .. words]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, string.Concat(said));
    }
}
