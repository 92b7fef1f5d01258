using Neuro.Notebooks.Jupyter;

namespace Neuro.Notebooks.Engine;

/// <summary>How one cell is run.</summary>
public sealed record CellOptions
{
    /// <summary>A silent cell neither counts nor shows the value of its last expression.</summary>
    public bool Silent { get; init; }

    /// <summary>Whether the cell counts.</summary>
    /// <value>True.</value>
    public bool StoreHistory { get; init; } = true;

    /// <summary>Asks the person who runs the cell; a null answer is the end of what there is to read.</summary>
    /// <value>Null: nobody is there, and a cell that asks fails with <c>cell.no_input</c>.</value>
    public Func<InputRequest, CancellationToken, Task<string?>>? Input { get; init; }

    /// <summary>The channels to the page that shows the cell, where there is one.</summary>
    internal Comms? Comms { get; init; }
}

/// <summary>A question of a cell; the answer to one for a password is not shown.</summary>
public sealed record InputRequest(string Prompt, bool Password);
