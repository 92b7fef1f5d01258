using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>Cuts a cell into types that a script cannot host (extension methods, namespaces, file-local types) and the rest; each keeps its lines and columns.</summary>
internal sealed record LibraryCode(string Types, string Rest)
{
    /// <summary>Null for a cell that a script can host as it is.</summary>
    public static LibraryCode? Of(string code)
    {
        var unit = CellSource.Unit(code);
        if (!unit.DescendantNodes().Any(NeedsLibrary))
        {
            return null;
        }

        var types = unit.Members.Where(member => member is BaseNamespaceDeclarationSyntax or BaseTypeDeclarationSyntax or DelegateDeclarationSyntax).ToList();
        var rest = unit.Members.Except(types).ToList();
        return new(Without(code, rest), Without(code, types.Cast<SyntaxNode>().Concat(unit.AttributeLists)));
    }

    /// <summary>The same tree with its outermost types made public: whoever writes a class in a cell means later cells to use it.</summary>
    public static SyntaxTree Opened(SyntaxTree tree)
    {
        var root = tree.GetRoot();
        var closed = root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .Where(node => node is MemberDeclarationSyntax member and (BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
                && !member.Modifiers.Any(modifier => modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.FileKeyword));
        return tree.WithRootAndOptions(root.ReplaceNodes(closed, (_, node) => Public((MemberDeclarationSyntax)node)), tree.Options);
    }

    private static MemberDeclarationSyntax Public(MemberDeclarationSyntax type)
    {
        var others = SyntaxFactory.TokenList(type.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.InternalKeyword)));
        var bare = type.WithModifiers(others);
        var leading = bare.GetLeadingTrivia();
        bare = bare.WithoutLeadingTrivia();
        return bare.WithModifiers(bare.Modifiers.Insert(0, SyntaxFactory.Token(leading, SyntaxKind.PublicKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space))));
    }

    private static bool NeedsLibrary(SyntaxNode node) => node switch
    {
        BaseNamespaceDeclarationSyntax or ExtensionBlockDeclarationSyntax => true,
        BaseTypeDeclarationSyntax type => type.Modifiers.Any(SyntaxKind.FileKeyword),
        MethodDeclarationSyntax { Parent: TypeDeclarationSyntax } method => method.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true,
        _ => false,
    };

    private static string Without(string code, IEnumerable<SyntaxNode> nodes) => CellSource.Blank(code, nodes.Select(node => node.Span));
}
