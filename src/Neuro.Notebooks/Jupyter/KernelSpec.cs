using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Client.Api;

namespace Neuro.Notebooks.Jupyter;

/// <summary>A folder that tells Jupyter how a kernel is started.</summary>
/// <param name="Folder">Where <c>kernel.json</c> lies; its last part is the kernel's name.</param>
public sealed record KernelSpec(string Folder)
{
    /// <summary>The name that ours has among Jupyter's kernels.</summary>
    public const string OurName = "neuro";

    private const string ConnectionFile = "{connection_file}";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Name => Path.GetFileName(Folder);

    private string File => Path.Combine(Folder, "kernel.json");

    /// <summary>The kernels in Jupyter's folders; of one name the one that Jupyter takes.</summary>
    public static IReadOnlyList<KernelSpec> All() =>
    [
        .. JupyterFolders.Search()
            .Select(folder => Path.Combine(folder, "kernels"))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
            .Select(folder => new KernelSpec(folder))
            .Where(spec => System.IO.File.Exists(spec.File))
            .DistinctBy(spec => spec.Name),
    ];

    /// <summary>Writes ours under a data folder of Jupyter, in the place of an earlier one.</summary>
    /// <param name="jupyterFolder">Such as ~/.local/share/jupyter.</param>
    /// <param name="program">What is started with <c>jupyter kernel --connection-file …</c> behind it; absolute paths.</param>
    /// <exception cref="NeuroException"><c>jupyter.not_writable</c>.</exception>
    public static KernelSpec Install(string jupyterFolder, IReadOnlyList<string> program)
    {
        var spec = In(jupyterFolder);
        try
        {
            Directory.CreateDirectory(spec.Folder);
            System.IO.File.WriteAllText(Path.Combine(spec.Folder, "logo-svg.svg"), KernelLogo.Svg);
            System.IO.File.WriteAllBytes(Path.Combine(spec.Folder, "logo-64x64.png"), KernelLogo.Png(64));
            System.IO.File.WriteAllBytes(Path.Combine(spec.Folder, "logo-32x32.png"), KernelLogo.Png(32));
            System.IO.File.WriteAllText(spec.File, Content(program).ToJsonString(Readable) + "\n"); // Last: until then Jupyter sees no kernel.
            return spec;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new NeuroException(
                "jupyter.not_writable", $"{spec.Folder} cannot be written ({refused.Message.TrimEnd('.')}). Leave --sys-prefix out to install for yourself alone, or let JUPYTER_DATA_DIR name a folder of yours.", refused);
        }
    }

    /// <summary>Takes ours away again.</summary>
    /// <exception cref="NeuroException"><c>jupyter.not_installed</c>; <c>jupyter.not_writable</c>.</exception>
    public static KernelSpec Uninstall(string jupyterFolder)
    {
        var spec = In(jupyterFolder);
        if (!System.IO.File.Exists(spec.File))
        {
            throw new NeuroException("jupyter.not_installed", $"There is no kernel in {spec.Folder}. `neuro jupyter list` says where Jupyter has kernels.");
        }

        try
        {
            Directory.Delete(spec.Folder, recursive: true);
            return spec;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new NeuroException("jupyter.not_writable", $"{spec.Folder} cannot be removed ({refused.Message.TrimEnd('.')}). Remove it as its owner.", refused);
        }
    }

    /// <summary>What Jupyter shows, and what would keep it from starting the kernel: null when nothing is in the way.</summary>
    public (string DisplayName, string? Problem) Describe()
    {
        const string Again = "`neuro jupyter install` writes it anew";
        try
        {
            var json = JsonNode.Parse(System.IO.File.ReadAllText(File));
            var title = (string?)json?["display_name"] ?? Name;
            var argv = (json?["argv"] as JsonArray)?.Select(part => (string?)part ?? "").ToList() ?? [];
            return (title, argv switch
            {
                [] => $"{File} has no argv; {Again}",
                [var program, ..] when Missing(program) => $"{program} is not there any more; {Again}",
                [_, .. var arguments] when arguments.FirstOrDefault(part => part.EndsWith(".dll", StringComparison.Ordinal) && Missing(part)) is { } gone => $"{gone} is not there any more; {Again}",
                _ when !argv.Any(part => part.Contains(ConnectionFile, StringComparison.Ordinal)) => $"argv of {File} does not have {ConnectionFile}; {Again}",
                _ => null,
            });
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return (Name, $"{File} cannot be read ({broken.Message.TrimEnd('.')}); {Again}");
        }
    }

    private static KernelSpec In(string jupyterFolder) => new(Path.Combine(Path.GetFullPath(jupyterFolder), "kernels", OurName));

    /// <summary>A program without a folder is found on the PATH, or is not there.</summary>
    private static bool Missing(string program) => Path.IsPathRooted(program)
        ? !System.IO.File.Exists(program)
        : !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && System.IO.File.Exists(Path.Combine(folder, program)));

    private static JsonObject Content(IReadOnlyList<string> program) => new()
    {
        ["argv"] = new JsonArray([.. program.Concat(["jupyter", "kernel", "--connection-file", ConnectionFile]).Select(part => (JsonNode)part)]),
        ["display_name"] = "C# (Neuro)",
        ["language"] = "C#",
        ["interrupt_mode"] = "message",
        // The program's own setting is for loops over pixels; a kernel starts twice as fast with a quick first tier for loops too. Each cell is compiled anew, and
        // pages that are first written and then made executable are counted twice and cost a system call each; who may send cells may run anything anyway.
        // The runtime begins to count calls, and so makes fast code of the compiler, after 16 ms (a hexadecimal 10) without a new method, and not 100: a notebook is seldom still for that long.
        ["env"] = new JsonObject { ["DOTNET_TC_QuickJitForLoops"] = "1", ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_TC_CallCountingDelayMs"] = "10" },
        ["metadata"] = new JsonObject { ["debugger"] = false },
    };
}
