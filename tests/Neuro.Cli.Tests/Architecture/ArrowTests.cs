using System.Reflection;
using System.Xml.Linq;

namespace Neuro.Cli.Tests.Architecture;

/// <summary>The arrows of docs/architecture.md: what a project may reference of ours, and nothing else.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Neuro.Client"] = [],
        ["Neuro.Chain"] = ["Neuro.Client"],
        ["Neuro.Kernels"] = [],
        ["Neuro.Learning"] = ["Neuro.Client", "Neuro.Kernels"],
        ["Neuro.Node"] = ["Neuro.Client", "Neuro.Kernels", "Neuro.Learning"],
        ["Neuro.Backend"] = ["Neuro.Client", "Neuro.Chain"],
        ["Neuro.Interactive"] = ["Neuro.Client", "Neuro.Kernels"],
        ["Neuro.Notebooks"] = ["Neuro.Client", "Neuro.Kernels", "Neuro.Interactive"],
        ["Neuro.Cli"] = ["Neuro.Client", "Neuro.Kernels", "Neuro.Learning", "Neuro.Node", "Neuro.Chain", "Neuro.Backend", "Neuro.Interactive", "Neuro.Notebooks"],
    };

    // Built on demand, with packages that not every registry has.
    private static readonly string[] OutsideTheSolution = ["Neuro.Chain.Nethereum"];

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_ReferencesOfOurs_AreArrowsOfTheDesign(string project)
    {
        var references = Load(project).GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Neuro.", StringComparison.Ordinal));
        references.Except(Allowed[project]).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Types_OfAProject_LiveInTheNamespaceOfTheirFolder(string project)
    {
        var outside = Load(project).GetTypes()
            .Where(type => type.Namespace is { } name && name.StartsWith("Neuro.", StringComparison.Ordinal))
            .Where(type => type.Name != "TypeFormatterSourceAttribute" && !type.Namespace!.Contains("RefitInternalGenerated") && type.Namespace != project && !type.Namespace!.StartsWith(project + ".", StringComparison.Ordinal))
            .Select(type => type.FullName);
        outside.ShouldBeEmpty();
    }

    private static Assembly Load(string project) => Assembly.Load(project == "Neuro.Cli" ? "neuro" : project);

    [Fact]
    public void EveryProject_OfTheSourceFolder_IsDrawn() =>
        Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Except(OutsideTheSolution).ShouldBe(Allowed.Keys, ignoreOrder: true);

    [Fact]
    public void EveryPackage_IsPinnedCentrally()
    {
        var inProjects = Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(path => XDocument.Load(path).Descendants("PackageReference"))
            .Where(reference => reference.Attribute("Version") is not null);
        inProjects.ShouldBeEmpty();
    }
}
