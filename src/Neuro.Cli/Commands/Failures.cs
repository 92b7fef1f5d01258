using Neuro.Client.Api;
using Neuro.Kernels;
using Neuro.Notebooks.Documents;

namespace Neuro.Cli.Commands;

/// <summary>What a person is told when a command fails.</summary>
internal static class Failures
{
    /// <summary>One line with the code where there is one; with <paramref name="verbose"/> everything.</summary>
    public static string Describe(Exception error, bool verbose)
    {
        if (verbose)
        {
            return error.ToString();
        }

        error = Innermost(error);
        return error switch
        {
            NeuroException { Code: var code } => $"{error.Message} ({code})",
            KernelsException { Code: var code } => $"{error.Message} ({code})",
            NotebookException { Code: var code } => $"{error.Message} ({code})",
            IOException when IsDiskFull(error) => $"The disk is full: {error.Message.TrimEnd('.')}. Free some space and run the same command again. (disk.full)",
            IOException when IsReadOnly(error) => $"Nothing can be written there: {error.Message.TrimEnd('.')}. Choose another folder. (file.read_only)",
            UnauthorizedAccessException or IOException => $"{error.Message} (file.refused)",
            _ => $"{error.GetType().Name}: {error.Message} Run it again with --verbose to see where; it would help us to know.",
        };
    }

    private static Exception Innermost(Exception error) => error switch
    {
        AggregateException { InnerExceptions.Count: 1 } only => Innermost(only.InnerException!),
        System.Reflection.TargetInvocationException { InnerException: { } inner } => Innermost(inner),
        TypeInitializationException { InnerException: { } inner } => Innermost(inner),
        _ => error,
    };

    // EROFS (30) on Unix, ERROR_WRITE_PROTECT (19) on Windows.
    private static bool IsReadOnly(Exception error) => (error.HResult & 0xFFFF) is 30 or 19;

    // ENOSPC (28) on Unix, ERROR_DISK_FULL (112) on Windows; in the low half of the HResult.
    private static bool IsDiskFull(Exception error) => (error.HResult & 0xFFFF) is 28 or 112 || error.Message.Contains("No space left", StringComparison.Ordinal);
}
