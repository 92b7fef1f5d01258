using System.Text.Json.Nodes;
using Neuro.Notebooks.Documents;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Headless;

/// <summary>Decides which cells of an earlier run stand.</summary>
internal sealed class Resumption(CSharpSession session, Notebook? earlier)
{
    /// <summary>Marks a cell whose work lasts outside the session (files, orders): when a run is resumed it need not be done again.</summary>
    public const string Tag = "skip-on-resume";

    private readonly Dictionary<string, NotebookCell> byKey = (earlier?.Cells ?? [])
        .Where(cell => cell.Kind == CellKind.Code && CellRecord.Of(cell) is not null)
        .DistinctBy(cell => CellRecord.Of(cell)!.Key)
        .ToDictionary(cell => CellRecord.Of(cell)!.Key);

    /// <summary>True when the cell stands: it then has its earlier outputs, and the session the values of its variables.</summary>
    public bool Skip(NotebookCell cell, string key)
    {
        if (!cell.Tags.Contains(Tag) || !byKey.TryGetValue(key, out var stands) || CellRecord.Of(stands) is not { Values: { } values } record || !KeptValues.PutBack(session, values))
        {
            return false;
        }

        foreach (var output in stands.Outputs)
        {
            cell.Outputs.Add(output?.DeepClone());
        }

        cell.ExecutionCount = stands.ExecutionCount;
        record.Write(cell);
        return true;
    }
}
