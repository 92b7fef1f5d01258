using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Engine;

/// <summary>A stretch of a cell: C#, with empty lines in front so that its line numbers are the cell's, or a magic with the lines that belong to it.</summary>
internal abstract record CellPart;

internal sealed record CodePart(string Text) : CellPart;

internal sealed record MagicPart(string Line, MagicBody Body) : CellPart;

/// <summary>A line that brings something in: <c>r</c> a reference, <c>i</c> a source of packages, <c>load</c> a file.</summary>
internal sealed record DirectivePart(string Kind, string What) : CellPart;

/// <summary>Cuts a cell into C#, magics and directives.</summary>
internal static partial class CellSource
{
    /// <summary>Errors of a text that ends inside a string or comment: a line that begins with #! there is text.</summary>
    private static readonly HashSet<string> Unfinished = ["CS1035", "CS1039", "CS8997"];

    public static readonly CSharpParseOptions Parse = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);

    /// <exception cref="MagicException">A magic that does not exist: found before anything of the cell has run.</exception>
    public static IReadOnlyList<CellPart> Split(MagicBody cell, MagicCatalogue magics)
    {
        var lines = cell.Text.ReplaceLineEndings("\n").Split('\n');
        var (parts, code) = (new List<CellPart>(), new List<string>());
        for (var i = 0; i < lines.Length; i++)
        {
            var directive = Directive(lines[i]);
            if ((directive is null && !MagicCatalogue.IsMagic(lines[i])) || EndsInsideText(code))
            {
                code.Add(lines[i]);
                continue;
            }

            AddCode(parts, code, cell.FirstLine + i - code.Count);
            if (directive is not null)
            {
                parts.Add(directive);
                continue;
            }

            var body = Math.Min(i + 1, lines.Length);
            var end = magics.Find(lines[i]).Scope switch
            {
                MagicScope.RestOfCell => lines.Length,
                MagicScope.UntilNextMagic => Array.FindIndex(lines, body, MagicCatalogue.IsMagic) is >= 0 and var next ? next : lines.Length,
                _ => body,
            };
            parts.Add(new MagicPart(lines[i].Trim(), new(string.Join('\n', lines[body..end]), cell.FirstLine + body)));
            i = end - 1;
        }

        AddCode(parts, code, cell.FirstLine + lines.Length - code.Count);
        return parts;
    }

    /// <summary>False for a line that is a magic or a directive.</summary>
    public static bool IsCode(string line) => !MagicCatalogue.IsMagic(line) && Directive(line) is null;

    public static SyntaxTree ParseTree(string code) => CSharpSyntaxTree.ParseText(code, Parse);

    public static CompilationUnitSyntax Unit(string code) => ParseTree(code).GetCompilationUnitRoot();

    /// <summary>The code with spaces in the place of magics and directives, so that all else is where it was.</summary>
    public static string CodeAlone(string code) => string.Join('\n', code.Split('\n').Select(line => IsCode(line) ? line : new string(' ', line.Length)));

    /// <summary>The code with spaces in some places; line ends stay.</summary>
    public static string Blank(string code, IEnumerable<TextSpan> places)
    {
        var text = code.ToCharArray();
        foreach (var place in places)
        {
            for (var i = place.Start; i < place.End; i++)
            {
                text[i] = text[i] is '\n' or '\r' ? text[i] : ' ';
            }
        }

        return new(text);
    }

    /// <summary>Null for any other line; <c>#:package Name@1.0</c>, as in a program of one file, is a reference too.</summary>
    private static DirectivePart? Directive(string line)
    {
        if (DirectiveLine().Match(line) is { Success: true } directive)
        {
            return new(directive.Groups[1].Value, directive.Groups[2].Value.Trim());
        }

        return PackageLine().Match(line) is { Success: true } package ? new("r", $"nuget: {package.Groups[1].Value}, {package.Groups[2].Value}") : null;
    }

    private static void AddCode(List<CellPart> parts, List<string> code, int firstLine)
    {
        if (code.Any(line => !string.IsNullOrWhiteSpace(line)))
        {
            parts.Add(new CodePart(new string('\n', firstLine - 1) + string.Join('\n', code)));
        }

        code.Clear();
    }

    private static bool EndsInsideText(List<string> code) => code.Count > 0
        && ParseTree(string.Join('\n', code)).GetDiagnostics().Any(diagnostic => Unfinished.Contains(diagnostic.Id));

    [GeneratedRegex("""^\s*#(r|i|load)\s+"([^"]*)"\s*;?\s*(//.*)?$""")]
    private static partial Regex DirectiveLine();

    [GeneratedRegex("""^#:package\s+([^\s@]+)(?:@(\S+))?\s*$""")]
    private static partial Regex PackageLine();
}
