namespace Neuro.Notebooks.Documents;

/// <summary>A notebook file cannot be read or run as it is: which cell, what, and what was expected.</summary>
/// <param name="code">Stable: <c>notebook.missing</c>, <c>notebook.too_large</c>, <c>notebook.not_json</c>, <c>notebook.unsupported</c>, <c>notebook.broken_cell</c>, <c>notebook.unknown_parameter</c>, <c>notebook.bad_parameter</c>.</param>
public sealed class NotebookException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
