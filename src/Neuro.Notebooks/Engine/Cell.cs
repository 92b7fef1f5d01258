using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Engine;

/// <summary>What every cell has in scope by name, in its own lines and inside the types that it declares.</summary>
public static class Cell
{
    /// <summary>Cancelled when somebody stops the cell: hand it to what takes long.</summary>
    public static CancellationToken Cancel => CellRun.Current?.Cancellation ?? CancellationToken.None;

    /// <summary>Shows a value under the cell.</summary>
    /// <returns>A handle: <c>Update(y)</c> shows another value in the same place.</returns>
    public static IDisplayHandle display(object? value) =>
        CellRun.Current?.Display(value) ?? throw new InvalidOperationException("display() was called outside a running cell.");

    /// <summary>Shows text as one MIME type: <c>display("&lt;b&gt;hi&lt;/b&gt;", "text/html")</c>.</summary>
    public static IDisplayHandle display(string content, string mimeType) =>
        display(mimeType == MimeTypes.PlainText ? new MimeBundle(content) : new MimeBundle(content, (mimeType, content)));
}
