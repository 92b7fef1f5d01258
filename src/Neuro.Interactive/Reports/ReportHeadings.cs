using System.Text;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Reports;

/// <summary>The headings of a report: each gets an id of its own, and together they are the table of contents.</summary>
internal sealed class ReportHeadings
{
    private const int DeepestListed = 3;

    private readonly List<(int Level, string Text, string Id)> all = [];
    private readonly HashSet<string> taken = ["content"];

    public bool HasTitle => all.Any(heading => heading.Level == 1);

    public string Add(int level, string text)
    {
        var stem = Slug(text);
        var id = stem;
        for (var i = 2; !taken.Add(id); i++)
        {
            id = $"{stem}-{i}";
        }

        all.Add((level, text, id));
        return id;
    }

    /// <summary>Nothing for fewer than two headings.</summary>
    public Html Contents() => all.Count < 2 ? Html.Empty : Html.Of(
        $"<nav aria-label=\"Contents\"><ul>{all.Where(heading => heading.Level <= DeepestListed).Select(heading => Html.Of($"<li class=\"level-{heading.Level}\"><a href=\"#{heading.Id}\">{heading.Text}</a></li>"))}</ul></nav>");

    private static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (var letter in text.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter))
            {
                slug.Append(letter);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().Trim('-') is { Length: > 0 } named ? named : "section";
    }
}
