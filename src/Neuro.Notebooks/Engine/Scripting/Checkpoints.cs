using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>Puts <see cref="Cell.checkpoint"/> at the start of every loop's body and every method, so that a cell can be stopped there. Lines stay the lines they were.</summary>
internal sealed class Checkpoints : CSharpSyntaxRewriter
{
    private static readonly StatementSyntax Call = ParseStatement($"global::{typeof(Cell).FullName}.{nameof(Cell.checkpoint)}();");

    /// <summary>The same tree where there is nothing to put in.</summary>
    public static SyntaxTree Into(SyntaxTree tree)
    {
        var root = tree.GetRoot();
        var changed = new Checkpoints().Visit(root);
        return changed == root ? tree : tree.WithRootAndOptions(changed, tree.Options);
    }

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node) =>
        base.VisitWhileStatement(node) is WhileStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : null;

    public override SyntaxNode? VisitDoStatement(DoStatementSyntax node) =>
        base.VisitDoStatement(node) is DoStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : null;

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node) =>
        base.VisitForStatement(node) is ForStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : null;

    public override SyntaxNode? VisitForEachStatement(ForEachStatementSyntax node) =>
        base.VisitForEachStatement(node) is ForEachStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : null;

    public override SyntaxNode? VisitForEachVariableStatement(ForEachVariableStatementSyntax node) =>
        base.VisitForEachVariableStatement(node) is ForEachVariableStatementSyntax loop ? loop.WithStatement(Checked(loop.Statement)) : null;

    public override SyntaxNode? VisitLabeledStatement(LabeledStatementSyntax node) =>
        base.VisitLabeledStatement(node) is LabeledStatementSyntax { Statement: not LocalDeclarationStatementSyntax } label ? label.WithStatement(Checked(label.Statement)) : node;

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node) => base.VisitMethodDeclaration(node) switch
    {
        MethodDeclarationSyntax { Body: { } body } method => method.WithBody(Checked(body)),
        MethodDeclarationSyntax { ExpressionBody: { } arrow } method when AsBlock(arrow, method.ReturnType, method.Modifiers) is { } block =>
            method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block.WithTrailingTrivia(method.SemicolonToken.TrailingTrivia)),
        var other => other,
    };

    public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node) => base.VisitLocalFunctionStatement(node) switch
    {
        LocalFunctionStatementSyntax { Body: { } body } function => function.WithBody(Checked(body)),
        LocalFunctionStatementSyntax { ExpressionBody: { } arrow } function when AsBlock(arrow, function.ReturnType, function.Modifiers) is { } block =>
            function.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block.WithTrailingTrivia(function.SemicolonToken.TrailingTrivia)),
        var other => other,
    };

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) =>
        base.VisitParenthesizedLambdaExpression(node) is ParenthesizedLambdaExpressionSyntax { Block: { } block } lambda ? lambda.WithBlock(Checked(block)) : node;

    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) =>
        base.VisitSimpleLambdaExpression(node) is SimpleLambdaExpressionSyntax { Block: { } block } lambda ? lambda.WithBlock(Checked(block)) : node;

    private static BlockSyntax Checked(BlockSyntax block) => block.WithStatements(block.Statements.Insert(0, Call));

    private static BlockSyntax Checked(StatementSyntax statement) => statement is BlockSyntax block ? Checked(block) : Block(Call, statement);

    /// <summary>Null where the compiler alone can say whether the expression is what the method returns.</summary>
    private static BlockSyntax? AsBlock(ArrowExpressionClauseSyntax arrow, Microsoft.CodeAnalysis.CSharp.Syntax.TypeSyntax returns, SyntaxTokenList modifiers)
    {
        if (returns is RefTypeSyntax || arrow.Expression is ThrowExpressionSyntax)
        {
            return null;
        }

        var isAsync = modifiers.Any(SyntaxKind.AsyncKeyword);
        var isVoid = returns is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var returnsNothing = isVoid || (isAsync && returns is not GenericNameSyntax and not QualifiedNameSyntax { Right: GenericNameSyntax });
        var arrowTrivia = arrow.ArrowToken.TrailingTrivia;
        return Block(Call, returnsNothing ? ExpressionStatement(arrow.Expression) : ReturnStatement(Token(TriviaList(), SyntaxKind.ReturnKeyword, arrowTrivia.Insert(0, Space)), arrow.Expression, Token(SyntaxKind.SemicolonToken)));
    }
}
