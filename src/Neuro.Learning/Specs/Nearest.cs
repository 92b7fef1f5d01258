namespace Neuro.Learning.Specs;

/// <summary>The known names that look most like a misspelt one.</summary>
internal static class Nearest
{
    public static string Sentence(string wrong, IEnumerable<string> known) => $"did you mean {string.Join(" or ", Spelling.Nearest(wrong, known).Take(2).Select(name => $"'{name}'"))}?";
}
