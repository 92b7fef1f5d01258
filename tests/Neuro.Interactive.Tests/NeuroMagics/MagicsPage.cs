using Neuro.Interactive.Magics;

namespace Neuro.Interactive.Tests.NeuroMagics;

/// <summary><c>docs/magics.md</c>, whose table is the catalogue's.</summary>
internal static class MagicsPage
{
    private const string Head = "| magic | what it does | parameters |\n|---|---|---|\n";

    /// <summary>Fails with the table that belongs there, written beside the page.</summary>
    public static void IsUpToDate(MagicCatalogue catalogue)
    {
        var page = Path.Combine(Repository.Root, "docs", "magics.md");
        var text = File.ReadAllText(page).ReplaceLineEndings("\n");
        var start = text.IndexOf(Head, StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, $"{page} has no table that begins with:\n{Head}");
        var end = text.IndexOf("\n\n", start, StringComparison.Ordinal) is var after and > 0 ? after + 1 : text.Length;
        var expected = text[..start] + Head + string.Concat(catalogue.Magics.Select(Row)) + text[end..];
        if (text != expected)
        {
            var received = Path.ChangeExtension(page, ".received.md");
            File.WriteAllText(received, expected);
            Assert.Fail($"{page} does not say what the catalogue does; {received} does. If it is right, rename it.");
        }
    }

    private static string Row(Magic magic) => $"| `#!{magic.Name}` | {Cell(magic.Help)} | {string.Join(' ', magic.Parameters.Select(Parameter))} |\n";

    private static string Parameter(Parameter parameter) => parameter.IsRequired ? $"**`--{parameter.Name}`**" : $"`--{parameter.Name}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
