namespace Neuro.Client.Api;

/// <summary>How long a transfer that moves no further is tried again: a minute in all, time for a platform to be started again.</summary>
internal sealed class Patience(TimeProvider time)
{
    private const int MostTries = 12;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);
    private int tries;

    /// <summary>It moves: everything that broke before is forgotten.</summary>
    public void Renew() => tries = 0;

    /// <summary>Whether the same request may have more luck, and is not tried too often yet.</summary>
    public bool Allows(Exception broken, CancellationToken cancel) => !cancel.IsCancellationRequested && tries < MostTries && broken switch
    {
        NeuroException refused => refused.Code is "platform.unreachable" or "artifact.upload_busy" or "artifact.wrong_offset" or "artifact.part_broken" or "upload.not_found" || refused.Status is 408 or 429 or >= 500,
        _ => broken is HttpRequestException or IOException,
    };

    public Task PauseAsync(Exception broken, CancellationToken cancel)
    {
        var usual = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 100 << Math.Min(tries++, 10)));
        return Task.Delay(broken is NeuroException { RetryAfter: { } asked } && asked > usual ? asked : usual, time, cancel);
    }
}
