using System.Text.RegularExpressions;

namespace Neuro.Backend.Tests.Security;

/// <summary>docs/security.md names a test for every threat, and a code for every refusal: they exist.</summary>
public sealed partial class SecurityDocumentTests
{
    private const int Columns = 4;
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    [Fact]
    public void EveryThreat_NamesATestThatExists()
    {
        var tests = Sources("tests");
        foreach (var row in Rows())
        {
            var named = Quoted().Matches(row[3]).Select(match => match.Groups[1].Value).ToList();
            named.ShouldNotBeEmpty($"no test is named for: {row[0]}");
            foreach (var name in named)
            {
                name.Count(letter => letter == '.').ShouldBe(1, $"{name} should be Class.Method");
                var (type, method) = (name.Split('.')[0], name.Split('.')[1]);
                tests.Any(source => Regex.IsMatch(source, $@"class {type}\b") && source.Contains($" {method}(", StringComparison.Ordinal)).ShouldBeTrue($"there is no test {name}");
            }
        }
    }

    [Fact]
    public void EveryCode_IsOneThatThePlatformUses()
    {
        var sources = Sources("src");
        foreach (var code in Rows().SelectMany(row => Quoted().Matches(row[2])).Select(match => match.Groups[1].Value).Where(code => !code.StartsWith("http.", StringComparison.Ordinal)).Distinct())
        {
            sources.Any(source => source.Contains($"\"{code}\"", StringComparison.Ordinal)).ShouldBeTrue($"no source has the code {code}");
        }
    }

    private static List<string> Sources(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories).Select(file => File.ReadAllText(file).ReplaceLineEndings("\n"))];

    private static List<string[]> Rows()
    {
        var rows = Text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Where(row => row.Length == Columns && row[0] != "threat").ToList();
        rows.Count.ShouldBeGreaterThan(30, "the tables were not found");
        return rows;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
