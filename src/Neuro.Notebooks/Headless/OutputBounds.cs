using Neuro.Interactive.Formatting;
using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Headless;

/// <summary>How much cells may leave in a document: less than what a reader of notebooks takes, whatever they show and however long.</summary>
/// <remarks>Console text has its own bound where it is collected.</remarks>
internal sealed class OutputBounds
{
    /// <summary>Of one cell's displayed values together.</summary>
    public const int MostCharacters = 20_000_000, MostOutputs = 5_000;

    /// <summary>Of all cells.</summary>
    public const long MostOfAll = 120_000_000;

    private readonly Dictionary<NotebookCell, (long Characters, int Outputs)> cells = [];
    private readonly HashSet<NotebookCell> told = [];
    private long all;

    /// <summary>What may be put into the document: the value, one line in the place of the first that is too much, or null.</summary>
    public MimeBundle? Take(NotebookCell cell, MimeBundle bundle)
    {
        var (characters, outputs) = cells.GetValueOrDefault(cell);
        var size = Size(bundle);
        if (characters + size <= MostCharacters && outputs < MostOutputs && all + size <= MostOfAll)
        {
            cells[cell] = (characters + size, outputs + 1);
            all += size;
            return bundle;
        }

        return told.Add(cell) ? Cut : null;
    }

    /// <summary>The value in the place of another: each may be as large as a cell's values together.</summary>
    public static MimeBundle InPlace(MimeBundle bundle) => Size(bundle) <= MostCharacters ? bundle : Cut;

    /// <summary>The cell's outputs are gone.</summary>
    public void Clear(NotebookCell cell)
    {
        all -= cells.GetValueOrDefault(cell).Characters;
        cells.Remove(cell);
        told.Remove(cell);
    }

    private static MimeBundle Cut { get; } = new(FormattableString.Invariant(
        $"… cut off: a cell may show {MostCharacters / 1_000_000} million characters in {MostOutputs} values, a notebook {MostOfAll / 1_000_000} million characters; the rest is left out of the file."));

    private static long Size(MimeBundle bundle) => bundle.Sum(form => (long)form.Value.Length);
}
