using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Neuro.Client.Api;
using Neuro.Kernels.Compute;
using Neuro.Learning.Runtime;
using Neuro.Node.Sandbox;
using Neuro.Notebooks.Jupyter;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro doctor</c>: what works on this machine, and what to install for the rest. Nothing in it is needed for the quick start.</summary>
internal static class DoctorCommand
{
    private sealed record Check(string What, bool Works, string Detail);

    public static Command Create()
    {
        var command = new Command("doctor", "Says what works on this machine, and what to install for the rest.");
        command.SetAction(_ =>
        {
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns("", "what", "here");
            foreach (var check in Checks())
            {
                table.AddRow(new Markup(check.Works ? "[green]✓[/]" : "[yellow]–[/]"), new Text(check.What), new Text(check.Detail));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static IEnumerable<Check> Checks()
    {
        yield return new("machine", true, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
        yield return new("SIMD", Vector128.IsHardwareAccelerated, $"{(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits");
        foreach (var backend in RenderBackends.All)
        {
            yield return new($"render on {backend.Name}", backend.Available, backend.Reason);
        }

        yield return Try("render backend", ChosenBackend);
        yield return Try("libtorch", TorchRuntime.Describe);
        yield return Cut(NetworkCut.Probe());
        yield return Library("CUDA driver", "libcuda.so.1", "no NVIDIA driver; not needed");
        yield return Library("OpenCL", "libOpenCL.so.1", "apt install pocl-opencl-icd ocl-icd-libopencl1 runs the GPU code on the CPU, for tests");
        yield return Program("Jupyter", "jupyter", "apt install jupyter-notebook; `neuro run` needs none");
        yield return Kernel();
        yield return Program("PostgreSQL", "postgres", "apt install postgresql; SQLite is the default", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin");
        yield return Program("Chromium", "chromium", "apt install chromium; opens and checks reports in tests");
        yield return Program("anvil", "anvil", "npm install @foundry-rs/anvil; a chain to try the token on");
        yield return Try("data folder", DescribeDataFolder);
    }

    private static string ChosenBackend()
    {
        using var chosen = RenderBackends.Create();
        return $"{chosen.Name}; NEURO_BACKEND names another of the above";
    }

    private static Check Cut(NetworkCut network) => new("node's work", network.Works, network.Detail);

    private static Check Kernel()
    {
        if (KernelSpec.All().FirstOrDefault(spec => spec.Name == KernelSpec.OurName) is not { } ours)
        {
            return new("C# kernel", false, $"not installed; `neuro jupyter install` puts it into {JupyterFolders.User}");
        }

        var problem = ours.Describe().Problem;
        return new("C# kernel", problem is null, problem ?? ours.Folder);
    }

    private static Check Try(string what, Func<string> describe)
    {
        try
        {
            return new(what, true, describe());
        }
        catch (Exception broken)
        {
            return new(what, false, Failures.Describe(broken, verbose: false));
        }
    }

    private static Check Library(string what, string name, string without)
    {
        var there = NativeLibrary.TryLoad(name, out var handle);
        if (there)
        {
            NativeLibrary.Free(handle);
        }

        return new(what, there, there ? name : without);
    }

    private static Check Program(string what, string name, string without, params string[] folders)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(folders)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return new(what, found is not null, found ?? without);
    }

    private static string DescribeDataFolder()
    {
        var existing = DataFolder.Path;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        var free = new DriveInfo(existing).AvailableFreeSpace;
        return $"{DataFolder.Path}, {free / 1e9:0.0} GB free; NEURO_DATA moves it";
    }
}
