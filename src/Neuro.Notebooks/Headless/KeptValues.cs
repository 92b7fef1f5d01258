using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Headless;

/// <summary>The variables that a skipped cell would have made, kept as text in the notebook: numbers, true and false, and text.</summary>
/// <remarks>A cell can only be skipped when all that it declares can be kept; the values of other variables of these kinds are kept along, since it may have changed them.</remarks>
internal static class KeptValues
{
    private const int LongestText = 65_536;

    /// <summary>The values, or why there are none.</summary>
    /// <param name="session">After the cell.</param>
    /// <param name="source">Its code.</param>
    /// <param name="before">The variables there were before it.</param>
    public static (JsonObject? Values, string? Again) Take(CSharpSession session, string source, IReadOnlyCollection<string> before)
    {
        var unit = CellSource.Unit(CellSource.CodeAlone(source));
        if (unit.Usings.Count > 0 || unit.Members.Any(member => member is not (GlobalStatementSyntax { Statement: not LocalFunctionStatementSyntax } or FieldDeclarationSyntax)))
        {
            return (null, "it declares more than variables");
        }

        var names = session.VariableNames;
        var made = unit.DescendantTokens().Where(token => token.Parent is VariableDeclaratorSyntax or SingleVariableDesignationSyntax).Select(token => token.ValueText);
        var values = new JsonObject();
        foreach (var name in names)
        {
            session.TryGetVariable(name, out var value);
            if (Write(value) is { } kept)
            {
                values[name] = kept;
            }
        }

        var lost = names.Except(before).Concat(made.Where(names.Contains)).FirstOrDefault(name => !values.ContainsKey(name));
        if (lost is null)
        {
            return (values, null);
        }

        session.TryGetVariable(lost, out var without);
        return (null, $"its variable {lost} ({without?.GetType().Name ?? "null"}) cannot be kept");
    }

    /// <summary>False, and nothing is changed, when a value is none that <see cref="Take"/> writes: the file may have been edited.</summary>
    public static bool PutBack(CSharpSession session, JsonObject values)
    {
        var read = values.Select(value => (value.Key, Value: Read(value.Value))).ToList();
        if (read.Any(value => value.Value is null || !SyntaxFacts.IsValidIdentifier(value.Key)))
        {
            return false;
        }

        read.ForEach(value => session.SetVariable(value.Key, value.Value));
        return true;
    }

    private static JsonObject? Write(object? value) => value switch
    {
        string { Length: <= LongestText } text => new() { ["string"] = text },
        bool truth => new() { ["bool"] = truth },
        int number => new() { ["int"] = number },
        long number => new() { ["long"] = number.ToString(CultureInfo.InvariantCulture) },
        double number => new() { ["double"] = number.ToString("R", CultureInfo.InvariantCulture) },
        _ => null,
    };

    private static object? Read(JsonNode? node) => node is JsonObject { Count: 1 } kept && kept.Single() is { Value: JsonValue value } one
        ? (one.Key, value.GetValueKind()) switch
        {
            ("string", JsonValueKind.String) => value.GetValue<string>(),
            ("bool", JsonValueKind.True or JsonValueKind.False) => value.GetValue<bool>(),
            ("int", JsonValueKind.Number) => value.TryGetValue<int>(out var small) ? small : null,
            ("long", JsonValueKind.String) => long.TryParse(value.GetValue<string>(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : null,
            ("double", JsonValueKind.String) => double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : null,
            _ => null,
        }
        : null;
}
