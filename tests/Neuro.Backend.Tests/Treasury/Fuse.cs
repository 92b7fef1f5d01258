using System.Diagnostics;

namespace Neuro.Backend.Tests.Treasury;

/// <summary>Cuts a step off at its n-th word with the database, as a crash does: before a statement is executed, or right after.</summary>
internal sealed class Fuse : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Before = "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuting";
    private const string After = "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuted";

    private static readonly AsyncLocal<StrongBox?> Left = new();

    private sealed class StrongBox(int value)
    {
        public int Value { get; set; } = value;
    }

    /// <summary>What a step that was cut off ends with.</summary>
    internal sealed class BlownException : Exception;

    static Fuse() => DiagnosticListener.AllListeners.Subscribe(new Fuse());

    /// <summary>Runs a step; false when it was cut off at that word.</summary>
    public static async Task<bool> RunAsync(int words, Func<Task> step)
    {
        Left.Value = new(words);
        try
        {
            await step();
            return true;
        }
        catch (Exception cut) when (cut is BlownException || cut.InnerException is BlownException)
        {
            return false;
        }
        finally
        {
            Left.Value = null;
        }
    }

    public void OnNext(DiagnosticListener listener)
    {
        if (listener.Name == "Microsoft.EntityFrameworkCore")
        {
            listener.Subscribe(this, (name, _, _) => name is Before or After);
        }
    }

    public void OnNext(KeyValuePair<string, object?> word)
    {
        if (word.Key is Before or After)
        {
            Word();
        }
    }

    /// <summary>A word with somebody else than the database.</summary>
    public static void Word()
    {
        if (Left.Value is { } left && --left.Value <= 0)
        {
            throw new BlownException();
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
