using Neuro.Client.Api;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;
using Neuro.Notebooks.Engine.Scripting;

namespace Neuro.Notebooks.Engine;

/// <summary>What every cell has in scope by name, in its own lines and inside the types that it declares.</summary>
public static class Cell
{
    /// <summary>Cancelled when somebody stops the cell: hand it to what takes long.</summary>
    public static CancellationToken Cancel => CellRun.Current?.Cancellation ?? CancellationToken.None;

    /// <summary>Ends the cell here when somebody has stopped it. Loops and methods of cells begin with it by themselves.</summary>
    /// <exception cref="OperationCanceledException">The cell was stopped.</exception>
    public static void checkpoint()
    {
        if (InterruptibleContext.AnyInterrupted)
        {
            Cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Shows a value under the cell.</summary>
    /// <returns>A handle: <c>Update(y)</c> shows another value in the same place.</returns>
    public static IDisplayHandle display(object? value) =>
        CellRun.Current?.Display(value) ?? throw new InvalidOperationException("display() was called outside a running cell.");

    /// <summary>Shows text as one MIME type: <c>display("&lt;b&gt;hi&lt;/b&gt;", "text/html")</c>.</summary>
    public static IDisplayHandle display(string content, string mimeType) =>
        display(mimeType == MimeTypes.PlainText ? new MimeBundle(content) : new MimeBundle(content, (mimeType, content)));

    /// <summary>Takes away what the cell has shown; with <paramref name="wait"/> only when it shows something new, so that nothing flickers.</summary>
    public static void clear_output(bool wait = false) => CellRun.Current?.Sink.Add(new ClearOutput(wait));

    /// <summary>Asks whoever runs the cell for a line of text.</summary>
    /// <returns>The answer; null at the end of what there is to read.</returns>
    /// <exception cref="NeuroException"><c>cell.no_input</c>: nobody is there to ask.</exception>
    public static string? input(string prompt = "") => CellInput.Ask(new(prompt, Password: false));

    /// <summary>As <see cref="input"/>, for an answer that must not be seen.</summary>
    public static string? password(string prompt = "") => CellInput.Ask(new(prompt, Password: true));
}
