namespace Neuro.Cli.Tests;

/// <summary>A fresh data folder per test, and a limit on how long a test may wait for a process.</summary>
public abstract class CliFact : IDisposable
{
    private readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected CliFact() => limit.CancelAfter(TimeSpan.FromMinutes(5));

    /// <summary>A folder of this test's own; removed afterwards.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("neuro-cli-").FullName;

    protected string Data => Path.Combine(Folder, "data");

    protected CancellationToken Cancel => limit.Token;

    public virtual void Dispose()
    {
        limit.Dispose();
        MeasuredNode.KeepFrom(Data);
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
