using System.Text.Json.Nodes;

namespace Neuro.Cli.Tests.Jupyter;

/// <summary><c>neuro jupyter</c> as a person types it; there is no Jupyter on the PATH.</summary>
public sealed class JupyterCommandTests : CliFact
{
    private string Jupyter => Path.Combine(Folder, "jupyter");

    private string Kernel => Path.Combine(Jupyter, "kernels", "neuro");

    [Fact]
    public async Task Install_NoJupyterOnThePath_WritesAKernelThatStarts()
    {
        (await Run("jupyter", "install")).ShouldBe((0, $"Installed \"C# (Neuro)\" in {Kernel}."));

        var spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Kernel, "kernel.json"), Cancel))!;
        var argv = spec["argv"]!.AsArray().Select(part => (string)part!).ToList();
        Path.IsPathFullyQualified(argv[0]).ShouldBeTrue();
        File.Exists(argv[0]).ShouldBeTrue();
        argv[^2..].ShouldBe(["--connection-file", "{connection_file}"]);
        ((string?)spec["interrupt_mode"]).ShouldBe("message");
        ((string?)spec["language"]).ShouldBe("C#");
        Directory.GetFiles(Kernel).Select(Path.GetFileName).Order().ShouldBe(["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]);
    }

    [Fact]
    public async Task Install_Again_TakesThePlaceOfTheOldOne()
    {
        Directory.CreateDirectory(Kernel);
        await File.WriteAllTextAsync(Path.Combine(Kernel, "kernel.json"), "{broken", Cancel);

        (await Run("jupyter", "install")).Code.ShouldBe(0);

        (await Run("jupyter", "list")).Output.ShouldContain("ready");
    }

    [Fact]
    public async Task Install_SysPrefix_GoesIntoTheActiveEnvironment()
    {
        (await Run("jupyter", "install", "--sys-prefix")).Code.ShouldBe(0);

        File.Exists(Path.Combine(Folder, "venv", "share", "jupyter", "kernels", "neuro", "kernel.json")).ShouldBeTrue();
        Directory.Exists(Jupyter).ShouldBeFalse();
    }

    /// <summary>A file where the folder should be refuses even root.</summary>
    [Fact]
    public async Task Install_NoPermission_SaysWhereAndWhatToDo()
    {
        await File.WriteAllTextAsync(Jupyter, "", Cancel);

        var (code, output) = await Run("jupyter", "install");

        code.ShouldBe(1);
        output.ShouldContain($"{Kernel} cannot be written");
        output.ShouldContain("JUPYTER_DATA_DIR");
        output.ShouldContain("(jupyter.not_writable)");
    }

    [Fact]
    public async Task Uninstall_Installed_LeavesNothing()
    {
        await Run("jupyter", "install");

        (await Run("jupyter", "uninstall")).ShouldBe((0, $"Removed {Kernel}."));

        Directory.Exists(Kernel).ShouldBeFalse();
        (await Run("jupyter", "uninstall")).ShouldSatisfyAllConditions(again => again.Code.ShouldBe(1), again => again.Output.ShouldContain("(jupyter.not_installed)"));
    }

    [Theory]
    [InlineData("{\"argv\":[\"/gone/dotnet\",\"{connection_file}\"]}", "/gone/dotnet is not there any more")]
    [InlineData("{\"argv\":[\"/bin/sh\",\"exec\",\"/gone/neuro.dll\",\"{connection_file}\"]}", "/gone/neuro.dll is not there any more")]
    [InlineData("{\"argv\":[\"/bin/sh\"]}", "does not have {connection_file}")]
    [InlineData("{\"argv\":[]}", "has no argv")]
    [InlineData("{\"argv\":", "cannot be read")]
    [InlineData("[1]", "cannot be read")]
    public async Task Doctor_BrokenKernel_SaysWhatIsWrongAndTheWayOut(string spec, string problem)
    {
        Directory.CreateDirectory(Kernel);
        await File.WriteAllTextAsync(Path.Combine(Kernel, "kernel.json"), spec, Cancel);

        var text = string.Concat((await Run("doctor")).Output.Split('\n').SkipWhile(line => !line.Contains("C# kernel")).Select(line => line.Split('│') is [_, _, _, var detail, ..] ? detail.Trim() + " " : ""));

        text.Replace(" ", "").ShouldContain(problem.Replace(" ", ""));
        text.Replace(" ", "").ShouldContain("`neurojupyterinstall`writesitanew");
    }

    private async Task<(int Code, string Output)> Run(params string[] arguments)
    {
        await using var neuro = NeuroProcess.Start(Data, ["/usr/bin/env", $"JUPYTER_DATA_DIR={Jupyter}", $"VIRTUAL_ENV={Path.Combine(Folder, "venv")}", "PATH=/nonexistent"], arguments);
        var code = await neuro.ExitAsync(Cancel);
        return (code, neuro.Output.Trim());
    }
}
