using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Neuro.Client.Api;

namespace Neuro.Notebooks.Engine.References;

/// <summary>A package that a cell asked for.</summary>
/// <param name="Version">As in a project file; null for the newest.</param>
internal sealed record Package(string Name, string? Version);

/// <summary>The files of all packages of a session, with those they need.</summary>
internal sealed record RestoredPackages(IReadOnlyList<string> Compile, IReadOnlyList<string> Runtime, IReadOnlyList<string> NativeFolders);

/// <summary>Brings packages by <c>dotnet restore</c> of a project in a cache folder named by its content, so that every nuget.config counts and the same packages are not asked for twice.</summary>
internal static partial class PackageRestore
{
    private const string Framework = "net10.0";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Reads <c>nuget: Name, Version</c> behind its prefix.</summary>
    /// <exception cref="NeuroException"><c>package.bad_name</c>.</exception>
    public static Package Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        return parts.Length <= 2 && Word().IsMatch(parts[0]) && (parts.Length == 1 || parts[1].Length == 0 || VersionText().IsMatch(parts[1]))
            ? new(parts[0], parts.Length == 2 && parts[1] is not ("" or "*") ? parts[1] : null)
            : throw new NeuroException("package.bad_name", $"'nuget:{text}' names no package.\nWrite #r \"nuget: Name, Version\", the version may be left out.");
    }

    /// <exception cref="NeuroException"><c>package.restore_failed</c>: what the restore said, or that it took too long.</exception>
    public static async Task<RestoredPackages> RunAsync(IReadOnlyList<Package> packages, IReadOnlyList<string> sources, CancellationToken cancel)
    {
        var project = Project(packages.Select(Newest), sources).ToString();
        var folder = Path.Combine(
            DataFolder.Path, "packages",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..16]);
        var assets = Path.Combine(folder, "obj", "project.assets.json");
        if (Cached(assets) is { } known)
        {
            return known;
        }

        Directory.CreateDirectory(folder);
        foreach (var neutral in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, neutral), "<Project />", cancel);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "packages.csproj"), project, cancel);
        await RestoreAsync(folder, packages, cancel);
        return Read(assets);
    }

    private static XElement Project(IEnumerable<Package> packages, IReadOnlyList<string> sources) => new(
        "Project",
        new XAttribute("Sdk", "Microsoft.NET.Sdk"),
        new XElement(
            "PropertyGroup",
            new XElement("TargetFramework", Framework),
            new XElement("RuntimeIdentifier", Machine),
            new XElement("SelfContained", false),
            new XElement("NuGetAudit", false),
            new XElement("RestoreRootConfigDirectory", Environment.CurrentDirectory),
            new XElement("RestoreAdditionalProjectSources", string.Join(';', sources))),
        new XElement("ItemGroup", packages.Select(package => new XElement("PackageReference", new XAttribute("Include", package.Name), new XAttribute("Version", package.Version ?? "*")))));

    private static string Machine
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>Without a version, the newest that this machine has already: no network is asked.</summary>
    private static Package Newest(Package package)
    {
        var folder = Path.Combine(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            package.Name.ToLowerInvariant());
        return package.Version is not null || !Directory.Exists(folder)
            ? package
            : package with { Version = Directory.GetDirectories(folder).Select(Path.GetFileName).Where(name => System.Version.TryParse(name, out _)).MaxBy(name => System.Version.Parse(name!)) };
    }

    private static async Task RestoreAsync(string folder, IReadOnlyList<Package> packages, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        var dotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using var restore = Process.Start(new ProcessStartInfo(dotnet, ["restore", "--nologo", "-v", "q", "-nodeReuse:false"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = new ConcurrentQueue<string>();
        restore.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        restore.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        restore.BeginOutputReadLine();
        restore.BeginErrorReadLine();
        try
        {
            await restore.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            restore.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw Failed(packages, $"it took longer than {Limit.TotalMinutes:0} minutes");
        }

        if (restore.ExitCode != 0)
        {
            var problems = said.Select(line => Problem().Match(line)).Where(match => match.Success).Select(match => match.Value).Distinct().Take(3).ToList();
            throw Failed(packages, problems.Count > 0 ? string.Join('\n', problems) : said.FirstOrDefault(line => line.Length > 0) ?? $"dotnet restore ended with {restore.ExitCode}");
        }
    }

    private static NeuroException Failed(IReadOnlyList<Package> packages, string why) => new(
        "package.restore_failed", $"{packages[^1].Name}{(packages[^1].Version is { } version ? " " + version : "")} could not be restored: {why}\n#i \"nuget: SOURCE\" adds a folder or an address to look in.");

    private static RestoredPackages? Cached(string assets)
    {
        try
        {
            return File.Exists(assets) && Read(assets) is var known && known.Runtime.Concat(known.Compile).All(File.Exists) ? known : null;
        }
        catch (Exception broken) when (broken is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // A restore that was cut off: done again.
        }
    }

    private static RestoredPackages Read(string assets)
    {
        using var read = JsonDocument.Parse(File.ReadAllBytes(assets));
        var folders = read.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        var libraries = read.RootElement.GetProperty("libraries");
        var target = read.RootElement.GetProperty("targets").EnumerateObject().Single(target => target.Name.EndsWith(Machine, StringComparison.Ordinal)).Value;
        var (compile, runtime, native) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var library in target.EnumerateObject().Where(library => libraries.GetProperty(library.Name).GetProperty("type").GetString() == "package"))
        {
            var path = libraries.GetProperty(library.Name).GetProperty("path").GetString()!;
            Collect("compile", compile);
            Collect("runtime", runtime);
            Collect("native", native);

            void Collect(string kind, List<string> into)
            {
                if (library.Value.TryGetProperty(kind, out var files))
                {
                    into.AddRange(files.EnumerateObject().Where(file => !file.Name.EndsWith("_._", StringComparison.Ordinal)).Select(file =>
                        folders.Select(folder => Path.Combine(folder, path, file.Name)).FirstOrDefault(File.Exists) ?? Path.Combine(folders[0], path, file.Name)));
                }
            }
        }

        return new(compile, runtime, [.. native.Select(file => Path.GetDirectoryName(file)!).Distinct()]);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]*$")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[\[\(]?[A-Za-z0-9.*+-]+[\]\)]?$")]
    private static partial Regex VersionText();

    [GeneratedRegex(@"(?<=error )NU\d+: [^\[]*[^\[\s]")]
    private static partial Regex Problem();
}
