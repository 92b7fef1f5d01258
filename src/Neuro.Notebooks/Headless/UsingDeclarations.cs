using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Headless;

/// <summary>Programs write <c>using var x = …;</c> at the top level, which cells cannot: there it is an ordinary variable, and whoever runs them disposes of it at the end.</summary>
internal static class UsingDeclarations
{
    private static readonly CSharpParseOptions Program = new(LanguageVersion.Preview);

    /// <summary>The code with spaces in the place of these <c>using</c>s, and the names of their variables.</summary>
    public static (string Code, IReadOnlyList<string> Names) AsVariables(string code)
    {
        if (!code.Contains("using", StringComparison.Ordinal))
        {
            return (code, []);
        }

        var declarations = CSharpSyntaxTree.ParseText(code, Program).GetCompilationUnitRoot().Members
            .OfType<GlobalStatementSyntax>()
            .Select(member => member.Statement)
            .OfType<LocalDeclarationStatementSyntax>()
            .Where(declaration => declaration.UsingKeyword != default)
            .ToList();
        var keywords = declarations.SelectMany(declaration => new[] { declaration.AwaitKeyword, declaration.UsingKeyword }).Where(keyword => keyword != default);
        return (CellSource.Blank(code, keywords.Select(keyword => keyword.Span)), [.. declarations.SelectMany(declaration => declaration.Declaration.Variables).Select(variable => variable.Identifier.ValueText)]);
    }
}
