using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Engine.Assist;

/// <summary>Whether a cell is ready to run.</summary>
internal static class CellCompleteness
{
    private const int IndentSize = 4;

    /// <summary>A string that its line does not close: more lines do not help.</summary>
    private const string NewlineInString = "CS1010";

    /// <summary>Brackets that are not closed.</summary>
    private static readonly HashSet<SyntaxKind> Opening = [SyntaxKind.OpenBraceToken, SyntaxKind.OpenParenToken, SyntaxKind.OpenBracketToken];
    private static readonly HashSet<SyntaxKind> Closing = [SyntaxKind.CloseBraceToken, SyntaxKind.CloseParenToken, SyntaxKind.CloseBracketToken];

    public static Completeness Of(string code, MagicCatalogue magics)
    {
        try
        {
            return CellSource.Split(new(code, 1), magics).LastOrDefault() switch
            {
                CodePart part => OfCode(part.Text),
                MagicPart magic when magics.Find(magic.Line).Scope == MagicScope.RestOfCell => Of(magic.Body.Text, magics),
                _ => new(CompletenessStatus.Complete, ""),
            };
        }
        catch (MagicException)
        {
            return new(CompletenessStatus.Invalid, "");
        }
    }

    private static Completeness OfCode(string code)
    {
        var tree = CellSource.ParseTree(code);
        var problems = tree.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error).ToList();
        if (!SyntaxFactory.IsCompleteSubmission(tree) && problems.All(problem => problem.Id != NewlineInString))
        {
            var tokens = tree.GetRoot().DescendantTokens().Where(token => !token.IsMissing).Select(token => token.Kind()).ToList();
            return new(CompletenessStatus.Incomplete, new string(' ', IndentSize * Math.Max(0, tokens.Count(Opening.Contains) - tokens.Count(Closing.Contains))));
        }

        return new(problems.Count > 0 ? CompletenessStatus.Invalid : CompletenessStatus.Complete, "");
    }
}
