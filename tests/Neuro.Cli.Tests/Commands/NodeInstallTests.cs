using System.Diagnostics;
using Neuro.Cli.Commands.Nodes;

namespace Neuro.Cli.Tests.Commands;

/// <summary>What <c>neuro node install</c> writes; joining and running it are in the journey.</summary>
public sealed class NodeInstallTests : CliFact
{
    [Fact]
    public async Task Unit_WithWordsThatSystemdWouldRead_IsTakenAsItIs()
    {
        var analyze = Requires.Program("systemd-analyze", "apt install systemd");
        var path = Path.Combine(Folder, "neuro-node.service");
        await File.WriteAllTextAsync(path, NodeInstall.Unit(["/bin/sh", "-c", "a \"b\" \\c $HOME 100%"]), Cancel);

        var start = new ProcessStartInfo(analyze, ["verify", "--user", path]) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["XDG_RUNTIME_DIR"] = Folder } };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(Cancel) + await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);

        (process.ExitCode, said).ShouldBe((0, ""));
        (await File.ReadAllTextAsync(path, Cancel)).ShouldContain("""ExecStart="/bin/sh" "-c" "a \"b\" \\c $$HOME 100%%" """.TrimEnd());
    }

    [Theory]
    [InlineData("#!/bin/sh\nexit 1\n")]
    [InlineData("#!/bin/sh\necho \"$@\" >>\"$XDG_CONFIG_HOME/said\"\n")]
    public async Task Install_WithAndWithoutSystemd_WritesWhatRunsItAndRemovesItAgain(string systemctl)
    {
        Requires.True(OperatingSystem.IsLinux(), "systemctl is of Linux");
        var hasSystemd = systemctl.Contains("said");
        Directory.CreateDirectory(Path.Combine(Folder, "bin"));
        var program = Path.Combine(Folder, "bin", "systemctl");
        await File.WriteAllTextAsync(program, systemctl, Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await using var platform = NeuroProcess.Start(Data, "up", "--no-node");
        await platform.LineAsync("Neuro is up", Cancel);

        var said = await RunAsync("node", "install", "--name", "rig");

        said.ShouldContain("Joined");
        said.ShouldContain("neuro node install --remove");
        var (unit, script) = (Path.Combine(Folder, "systemd", "user", "neuro-node.service"), Path.Combine(Data, "node", "start.sh"));
        (File.Exists(unit), File.Exists(script)).ShouldBe((hasSystemd, !hasSystemd));
        if (hasSystemd)
        {
            (await File.ReadAllLinesAsync(Path.Combine(Folder, "said"), Cancel)).ShouldBe(["--user show-environment", "--user daemon-reload", "--user enable --now neuro-node.service"]);
        }

        await RunAsync("node", "install", "--remove");
        (File.Exists(unit), File.Exists(script)).ShouldBe((false, false));
        File.Exists(Path.Combine(Data, "node", "node.key")).ShouldBeTrue();
        platform.Interrupt();
        await platform.ExitAsync(Cancel);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        await using var neuro = NeuroProcess.Start(Data, ["env", $"XDG_CONFIG_HOME={Folder}", $"PATH={Folder}/bin:/usr/bin:/bin"], arguments);
        (await neuro.ExitAsync(Cancel)).ShouldBe(0, neuro.Output);
        return neuro.Output;
    }
}
