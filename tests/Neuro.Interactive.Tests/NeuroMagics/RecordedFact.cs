using Neuro.Interactive.Magics;

namespace Neuro.Interactive.Tests.NeuroMagics;

/// <summary>Magics over a platform whose answers are written down.</summary>
public abstract class RecordedFact : IAsyncDisposable
{
    private protected readonly RecordedPlatform platform = new();
    private protected readonly NeuroSession session = new();
    private protected readonly RecordingHost host = new();

    public virtual async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await platform.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task ConnectAsync() => session.ConnectAsync(platform.Url, RecordedPlatform.Key, TestContext.Current.CancellationToken);
}
