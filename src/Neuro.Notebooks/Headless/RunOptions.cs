using Neuro.Notebooks.Documents;

namespace Neuro.Notebooks.Headless;

/// <summary>How a notebook is run.</summary>
public sealed record RunOptions
{
    /// <summary>Values for the declarations in the cell tagged <c>parameters</c>, by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Called after each cell, while nothing changes the notebook; what it throws ends the run.</summary>
    public Action<Notebook>? Save { get; init; }

    /// <summary>The notebook as an earlier run left it: its cells tagged <c>skip-on-resume</c> are not run again where nothing before them has changed.</summary>
    public Notebook? Earlier { get; init; }

    /// <summary>How many of the first cells have run in this session already; they are left as they are.</summary>
    public int AlreadyRun { get; init; }
}
