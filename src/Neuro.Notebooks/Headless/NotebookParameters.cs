using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Headless;

/// <summary>Gives a run's values to the variables that a notebook declares in its cell tagged <c>parameters</c> (the convention of papermill).</summary>
internal static class NotebookParameters
{
    private const string Tag = "parameters", InjectedTag = "injected-parameters";

    /// <summary>Puts a cell of assignments after the tagged one, in the place of an earlier run's.</summary>
    public static void Inject(Notebook notebook, IReadOnlyDictionary<string, string> given)
    {
        if (given.Count == 0)
        {
            return;
        }

        var at = Enumerable.Range(0, notebook.Cells.Count).FirstOrDefault(i => notebook.Cells[i].Kind == CellKind.Code && notebook.Cells[i].Tags.Contains(Tag), -1);
        if (at < 0)
        {
            throw new NotebookException("notebook.unknown_parameter", $"{given.Keys.First()} cannot be set: the notebook has no code cell tagged '{Tag}'. Tag the cell that declares its parameters.");
        }

        var types = Declared(notebook.Cells[at].Source);
        var lines = given.Select(value => $"{value.Key} = {Literal(value.Key, value.Value, types)};").ToList();
        if (at + 1 < notebook.Cells.Count && notebook.Cells[at + 1].Tags.Contains(InjectedTag))
        {
            notebook.RemoveAt(at + 1);
        }

        notebook.Insert(at + 1, CellKind.Code, string.Join('\n', lines.Prepend("// Parameters"))).Metadata["tags"] = new JsonArray(InjectedTag);
    }

    /// <summary>The variables of the cell with their types: int, long, double, bool or string, a var by its value.</summary>
    private static Dictionary<string, string> Declared(string source) => CellSource.Unit(source).Members
        .Select(member => member switch
        {
            FieldDeclarationSyntax field => field.Declaration,
            GlobalStatementSyntax { Statement: LocalDeclarationStatementSyntax local } => local.Declaration,
            _ => null,
        })
        .OfType<VariableDeclarationSyntax>()
        .SelectMany(declaration => declaration.Variables.Select(variable => (Name: variable.Identifier.ValueText, Type: TypeOf(declaration.Type.ToString(), variable.Initializer?.Value))))
        .Where(variable => variable.Type is not null)
        .ToDictionary(variable => variable.Name, variable => variable.Type!);

    private static string? TypeOf(string written, ExpressionSyntax? value) => (written.TrimEnd('?'), value) switch
    {
        ("int" or "long" or "double" or "bool" or "string", _) => written.TrimEnd('?'),
        ("var", PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax number }) => OfLiteral(number),
        ("var", LiteralExpressionSyntax literal) => OfLiteral(literal),
        _ => null,
    };

    private static string? OfLiteral(LiteralExpressionSyntax literal) => literal.Token.Value switch
    {
        int => "int",
        long => "long",
        double => "double",
        bool => "bool",
        string => "string",
        _ => null,
    };

    private static string Literal(string name, string value, Dictionary<string, string> types)
    {
        if (!types.TryGetValue(name, out var type))
        {
            throw new NotebookException("notebook.unknown_parameter", $"The notebook has no parameter {name}; it has {string.Join(", ", types.Select(known => $"{known.Key} ({known.Value})"))}.");
        }

        NotebookException wrong(string expected) => new("notebook.bad_parameter", $"{name} is '{value}'; expected {expected} ({type}).");

        return type switch
        {
            "int" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small) ? SymbolDisplay.FormatPrimitive(small, false, false)! : throw wrong("a whole number"),
            "long" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? SymbolDisplay.FormatPrimitive(large, false, false)! + "L" : throw wrong("a whole number"),
            "double" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real.ToString("R", CultureInfo.InvariantCulture) + "d" : throw wrong("a number"),
            "bool" => bool.TryParse(value, out var truth) ? truth ? "true" : "false" : throw wrong("true or false"),
            _ => SymbolDisplay.FormatLiteral(value, quote: true),
        };
    }
}
