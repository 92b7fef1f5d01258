using System.Diagnostics;

namespace Neuro.Cli.Tests.Jupyter;

/// <summary>The kernel under Debian's own jupyter_client and nbconvert: <c>jupyter_cases.py</c> is run once, each of its cases is a test.</summary>
public sealed class JupyterClientTests(JupyterCases cases) : IClassFixture<JupyterCases>
{
    [Theory]
    [InlineData("kernelspec")]
    [InlineData("kernel_info")]
    [InlineData("hello_world")]
    [InlineData("stderr")]
    [InlineData("result")]
    [InlineData("display")]
    [InlineData("error")]
    [InlineData("completion")]
    [InlineData("is_complete")]
    [InlineData("history")]
    [InlineData("inspection")]
    [InlineData("standard_input")]
    [InlineData("interrupt")]
    [InlineData("heartbeat")]
    [InlineData("restart")]
    [InlineData("nbconvert")]
    public void Case_OfJupyterClient_Passes(string name)
    {
        Requires.True(cases.Python is not null, JupyterCases.Install);

        cases.Lines.ShouldContain($"ok {name}", $"jupyter_cases.py printed:\n{cases.Output}");
    }

    [Fact]
    public void Cases_Run_ToTheirEndAndLeaveNoKernel()
    {
        Requires.True(cases.Python is not null, JupyterCases.Install);

        cases.Lines.ShouldContain("end", $"jupyter_cases.py printed:\n{cases.Output}");
        cases.Left.ShouldBeEmpty();
    }
}

/// <summary>One run of <c>jupyter_cases.py</c> against a kernel that was installed for it.</summary>
public sealed class JupyterCases : CliFact, IAsyncLifetime
{
    public const string Install = "needs Python's jupyter_client and nbconvert: apt install python3-jupyter-client python3-nbconvert python3-ipykernel";

    /// <summary>The first Python that has Jupyter's client; null where none does.</summary>
    public string? Python { get; private set; }

    public string Output { get; private set; } = "";

    public string[] Lines => Output.Split('\n');

    /// <summary>Kernels of this run that are still there after it.</summary>
    internal int[] Left { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Python = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin").Distinct()
            .Select(folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(python => File.Exists(python) && Run(python, "-c", "import jupyter_client, nbconvert") is { ExitCode: 0 });
        if (Python is null)
        {
            return;
        }

        await using (var install = NeuroProcess.Start(Data, ["/usr/bin/env", $"JUPYTER_DATA_DIR={Jupyter}"], ["jupyter", "install"]))
        {
            (await install.ExitAsync(Cancel)).ShouldBe(0, install.Output);
        }

        var (_, output) = Run(Python, Path.Combine(Repository.Root, "tests", "Neuro.Cli.Tests", "Jupyter", "jupyter_cases.py"), Folder);
        Output = output;
        Left = NeuroProcess.Running(Runtime, "jupyter kernel");
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private string Jupyter => Path.Combine(Folder, "jupyter");

    /// <summary>Where Jupyter puts its connection files.</summary>
    private string Runtime => Path.Combine(Folder, "runtime");

    private (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["JUPYTER_DATA_DIR"] = Jupyter, ["JUPYTER_RUNTIME_DIR"] = Runtime, ["JUPYTER_CONFIG_DIR"] = Folder, ["IPYTHONDIR"] = Folder, ["NEURO_DATA"] = Data },
        })!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        try
        {
            Task.WaitAll([errors, output], Cancel);
            process.WaitForExit();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, output.Result + errors.Result);
    }
}
