using System.Text.RegularExpressions;

namespace Neuro.Notebooks.Tests.Jupyter;

/// <summary>docs/kernel.md promises nothing that is not tried.</summary>
public sealed class KernelPageTests
{
    [Fact]
    public void ParityTable_EveryRow_NamesATestThatIsThere()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "kernel.md")).TakeWhile(line => line != "## What to know").Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| debugger", StringComparison.Ordinal)).Skip(1).ToList();

        rows.Count.ShouldBeGreaterThan(30);
        foreach (var row in rows)
        {
            var named = Regex.Matches(row.Split('|')[^2], @"`(\w+)\.(\w+)`");
            named.ShouldNotBeEmpty(row);
            foreach (Match test in named)
            {
                Source(test.Groups[1].Value).ShouldMatch($@"public (async Task|void) {test.Groups[2].Value}\(", row);
            }
        }
    }

    private static string Source(string testClass) => File.ReadAllText(
        Directory.GetDirectories(Path.Combine(Repository.Root, "tests")).Select(project => Path.Combine(project, "Jupyter", testClass + ".cs")).Single(File.Exists));
}
