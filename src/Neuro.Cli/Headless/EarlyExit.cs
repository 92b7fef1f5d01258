namespace Neuro.Cli.Headless;

/// <summary>Tells of a cell that ends the whole process (<c>Environment.Exit</c>), and makes that a failure: a run that was cut off has not succeeded.</summary>
internal sealed class EarlyExit : IDisposable
{
    private const int Failed = 1;

    private readonly Action tell;

    /// <param name="tell">Called when the process ends before this is disposed.</param>
    public EarlyExit(Action tell)
    {
        this.tell = tell;
        AppDomain.CurrentDomain.ProcessExit += Exiting;
    }

    public void Dispose() => AppDomain.CurrentDomain.ProcessExit -= Exiting;

    private void Exiting(object? sender, EventArgs e)
    {
        tell();
        if (Environment.ExitCode == 0)
        {
            Environment.ExitCode = Failed;
        }
    }
}
