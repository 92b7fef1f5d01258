using System.Text;
using Neuro.Notebooks.Engine.Scripting;

namespace Neuro.Notebooks.Engine.Assist;

/// <summary>A cell behind all that it can use, as one script, and where in it the cell begins.</summary>
internal sealed record AssistText(string Text, int Offset)
{
    /// <summary>Usings go first wherever they stood; a magic's or directive's line is blank.</summary>
    public static AssistText Of(IEnumerable<Submission> earlier, string code, int cursor)
    {
        var cell = CellSource.CodeAlone(code);
        var unit = CellSource.Unit(cell);
        if (unit.Usings.Any(directive => directive.FullSpan.Contains(cursor) || directive.FullSpan.End == cursor))
        {
            return new(cell, 0);
        }

        var (usings, before) = (new StringBuilder(), new StringBuilder());
        foreach (var submission in earlier.Select(submission => submission.Unit))
        {
            usings.Append(submission.Usings.ToString()).Append('\n');
            before.Append(submission.Members.ToString().TrimEnd(';')).Append(";\n");
        }

        usings.Append(unit.Usings.ToString()).Append('\n');
        return new($"{usings}{before}{CellSource.Blank(cell, unit.Usings.Select(directive => directive.Span))}", usings.Length + before.Length);
    }
}
