namespace Neuro.Cli.Tests.Commands;

/// <summary>What a person sees who gets something wrong: one sentence, the value, the way out, and no stack trace.</summary>
public sealed class BadInputTests : CliFact
{
    [Fact]
    public async Task Run_MissingNotebook_NamesTheFile() => (await FailAsync("run", "no-such.ipynb")).ShouldContain("no-such.ipynb");

    [Fact]
    public async Task Run_BrokenNotebook_SaysWhatIsWrong()
    {
        var path = Path.Combine(Folder, "broken.ipynb");
        await File.WriteAllTextAsync(path, "{ \"cells\": [", Cancel);
        (await FailAsync("run", path)).ShouldContain("broken.ipynb");
    }

    [Fact]
    public async Task Run_ParameterWithoutValue_SaysHowToWriteIt() => (await FailAsync("run", "notebooks/01-quickstart.ipynb", "-p", "images")).ShouldContain("-p images=200");

    [Fact]
    public async Task Run_UnknownParameter_NamesTheKnownOnesAndLeavesTheLastReportAlone()
    {
        var report = Path.Combine(Folder, "01-quickstart.html");
        await File.WriteAllTextAsync(report, "the last report", Cancel);
        await using var platform = NeuroProcess.Start(Data, "up", "--no-node");
        await platform.LineAsync("Neuro is up", Cancel);

        (await FailAsync("run", "notebooks/01-quickstart.ipynb", "-o", Folder, "-p", "picturs=2")).ShouldContain("images (int)");

        (await File.ReadAllTextAsync(report, Cancel)).ShouldBe("the last report");
    }

    [Fact]
    public async Task Node_NobodyListens_SaysSoBeforeItMeasuresAnything()
    {
        var output = await FailAsync("node", "--platform", "http://127.0.0.1:9");
        output.ShouldContain("platform.unreachable");
        output.ShouldNotContain("Measuring");
    }

    [Fact]
    public async Task Node_NegativeFloor_SaysTheValue() => (await FailAsync("node", "--platform", "http://127.0.0.1:9", "--floor", "-1")).ShouldContain("'-1'");

    [Theory]
    [InlineData("--cost", "--floor", "tuned")]
    [InlineData("--floor tuned", "--cost", "0.8")]
    [InlineData("'0'", "--floor", "tuned", "--cost", "0")]
    [InlineData("'-1'", "--start-cost", "-1")]
    [InlineData("-00:00:01", "--start-time", "-00:00:01")]
    public async Task Node_WrongTerms_SaysTheValueAndWhatToDo(string said, params string[] terms) => (await FailAsync(["node", "--platform", "http://127.0.0.1:9", .. terms])).ShouldContain(said);

    [Fact]
    public async Task Node_PlatformThatIsNoAddress_SaysTheValue() => (await FailAsync("node", "--platform", "junk")).ShouldContain("'junk'");

    [Fact]
    public async Task Node_NoPlatform_SaysHowToStartOne() => (await FailAsync("node")).ShouldContain("neuro up");

    [Fact]
    public async Task Report_FolderInsteadOfNotebook_IsOneSentence() => await FailAsync("report", Folder);

    [Fact]
    public async Task Up_PortTaken_SaysSo()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        (await FailAsync("up", "--no-node", "--port", $"{port}")).ShouldContain($"{port}");
    }

    [Fact]
    public async Task Up_DataFolderIsAFile_SaysSo()
    {
        await File.WriteAllTextAsync(Data, "not a folder", Cancel);
        (await FailAsync("up", "--no-node")).ShouldContain(Data);
    }

    [Theory]
    [InlineData("size=64k", "platform.disk_full")]
    [InlineData("ro,size=1m", "platform.folder_read_only")]
    public async Task Up_OnADiskThatTakesNothing_SaysSo(string disk, string code)
    {
        var unshare = Requires.Program("unshare", "apt install util-linux");
        using (var probe = System.Diagnostics.Process.Start(unshare, ["-rm", "true"]))
        {
            await probe.WaitForExitAsync(Cancel);
            Requires.True(probe.ExitCode == 0, "needs user namespaces: sysctl kernel.unprivileged_userns_clone=1");
        }

        Directory.CreateDirectory(Data);
        await using var neuro = NeuroProcess.Start(
            Data, [unshare, "-rm", "sh", "-c", $"mount -t tmpfs -o {disk} none \"$0\" && exec \"$@\"", Data], ["up", "--no-node"]);

        (await neuro.ExitAsync(Cancel)).ShouldBe(1, neuro.Output);
        neuro.Output.ShouldContain(code);
        neuro.Output.Trim().Split('\n').ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Up_DataFolderInUse_SaysSo()
    {
        await using var first = NeuroProcess.Start(Data, "up", "--no-node");
        await first.LineAsync("Neuro is up", Cancel);
        (await FailAsync("up", "--no-node")).ShouldContain("platform.data_folder_in_use");
        first.Interrupt();
        (await first.ExitAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Doctor_OnAnyMachine_NamesWhatItFound()
    {
        await using var neuro = NeuroProcess.Start(Data, "doctor");
        (await neuro.ExitAsync(Cancel)).ShouldBe(0);
        neuro.Output.ShouldContain("SIMD");
        neuro.Output.ShouldContain("libtorch");
        neuro.Output.ShouldNotContain("   at ");
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        await using var neuro = NeuroProcess.Start(Data, arguments);
        (await neuro.ExitAsync(Cancel)).ShouldNotBe(0);
        neuro.Output.ShouldNotContain("   at ");
        neuro.Output.Trim().Split('\n').Length.ShouldBeLessThan(8, neuro.Output);
        return neuro.Output;
    }
}
