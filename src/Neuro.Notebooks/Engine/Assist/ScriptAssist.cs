using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Text;
using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Engine.Scripting;

namespace Neuro.Notebooks.Engine.Assist;

/// <summary>Completes and explains C# with Roslyn's own services; the workspace is kept between questions.</summary>
internal sealed class ScriptAssist(ScriptChain chain)
{
    private const int MostItems = 500;

    /// <summary>Describing an item takes as long as finding a hundred: only where the choice is nearly made.</summary>
    private const int MostSignatures = 3;

    private readonly SemaphoreSlim turn = new(1, 1);
    private AdhocWorkspace? workspace;
    private DocumentId? cell;
    private IReadOnlyList<MetadataReference> references = [];

    /// <summary>What may stand at the cursor, the nearest to what is typed first.</summary>
    public Task<Completions> CompleteAsync(string code, int cursor, CancellationToken cancel) =>
        AskAsync(code, cursor, (document, text, stop) => CompletionsAsync(document, text, text.Offset + cursor, stop), cancel);

    /// <summary>Signature and documentation of the name at the cursor, with its declaration at detail 1; null where there is none.</summary>
    public Task<MimeBundle?> InspectAsync(string code, int cursor, int detail, CancellationToken cancel) =>
        AskAsync(code, cursor, (document, text, stop) => ExplainedAsync(document, text.Offset + cursor, detail, stop), cancel);

    private async Task<T> AskAsync<T>(string code, int cursor, Func<Document, AssistText, CancellationToken, Task<T>> answer, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            var text = AssistText.Of(chain.Submissions, code, cursor);
            return await Task.Run(() => answer(Open(text.Text), text, cancel), cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    private Document Open(string text)
    {
        workspace ??= new AdhocWorkspace(MefHostServices.DefaultHost);
        if (cell is null)
        {
            var project = ProjectInfo.Create(
                ProjectId.CreateNewId(), VersionStamp.Default, "cell", "cell", LanguageNames.CSharp, compilationOptions: chain.Options, parseOptions: CellSource.Parse, isSubmission: true);
            cell = DocumentId.CreateNewId(project.Id);
            workspace.AddProject(project);
            workspace.AddDocument(DocumentInfo.Create(cell, "cell.csx", sourceCodeKind: SourceCodeKind.Script));
        }

        var solution = workspace.CurrentSolution;
        if (!references.SequenceEqual(chain.References))
        {
            references = chain.References;
            solution = solution.WithProjectMetadataReferences(cell.ProjectId, references.Select(FrameworkDocumentation.Of));
        }

        workspace.TryApplyChanges(solution.WithDocumentText(cell, SourceText.From(text)));
        return workspace.CurrentSolution.GetDocument(cell)!;
    }

    private async Task<Completions> CompletionsAsync(Document document, AssistText text, int position, CancellationToken cancel)
    {
        var service = CompletionService.GetService(document)!;
        var found = await service.GetCompletionsAsync(document, position, cancellationToken: cancel);
        var typed = text.Text[found.Span.Start..position];
        var items = found.ItemsList
            .Where(item => item.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .OrderBy(item => !item.FilterText.StartsWith(typed, StringComparison.Ordinal)).ThenBy(item => item.SortText, StringComparer.OrdinalIgnoreCase)
            .DistinctBy(item => item.DisplayText)
            .Take(MostItems)
            .ToList();
        var completions = new List<Completion>();
        foreach (var item in items)
        {
            var signature = items.Count <= MostSignatures ? (await service.GetDescriptionAsync(document, item, cancel))?.Text.Split('\n')[0].Trim() : null;
            completions.Add(new(item.Properties.GetValueOrDefault("InsertionText", item.DisplayText), Kind(item.Tags), signature));
        }

        return new(found.Span.Start - text.Offset, found.Span.End - text.Offset, completions);
    }

    private static string Kind(ImmutableArray<string> tags) => tags.IsDefaultOrEmpty ? "text" : tags[0] switch
    {
        "Local" or "Field" or "Parameter" or "RangeVariable" => "variable",
        "Structure" => "struct",
        "ExtensionMethod" => "method",
        var tag => tag.ToLowerInvariant(),
    };

    private static async Task<MimeBundle?> ExplainedAsync(Document document, int at, int detail, CancellationToken cancel)
    {
        var service = QuickInfoService.GetService(document)!;
        var info = await service.GetQuickInfoAsync(document, at, cancel) ?? (at > 0 ? await service.GetQuickInfoAsync(document, at - 1, cancel) : null);
        if (info is null)
        {
            return null;
        }

        var sections = info.Sections.Select(section => section.Text).Where(text => text.Length > 0).ToList();
        if (detail > 0 && await SymbolFinder.FindSymbolAtPositionAsync(document, info.Span.Start, cancel) is { } symbol)
        {
            sections.Add(await DeclarationAsync(symbol, cancel));
        }

        var text = string.Join("\n\n", sections);
        return new(text, (MimeTypes.Html, Html.Of($"<pre>{text}</pre>").ToString()));
    }

    /// <summary>The source of what a cell declared; the names and members of a type from an assembly.</summary>
    private static async Task<string> DeclarationAsync(ISymbol symbol, CancellationToken cancel)
    {
        if (symbol.DeclaringSyntaxReferences is [var declared, ..])
        {
            var syntax = await declared.GetSyntaxAsync(cancel);
            return (syntax.Parent?.Parent is Microsoft.CodeAnalysis.CSharp.Syntax.FieldDeclarationSyntax variable ? variable : syntax).ToString();
        }

        var members = symbol is INamedTypeSymbol type
            ? type.GetMembers().Where(member => member is { DeclaredAccessibility: Accessibility.Public, IsImplicitlyDeclared: false } && member.CanBeReferencedByName).Select(member => "    " + member.ToDisplayString())
            : [];
        return string.Join('\n', members.Prepend($"{symbol.ToDisplayString()} — {symbol.ContainingAssembly?.Name}"));
    }
}
