namespace Neuro.Backend.Simulation;

/// <summary>Time that stands still until somebody moves it.</summary>
internal sealed class Clock : TimeProvider
{
    private long now = DateTimeOffset.UnixEpoch.AddYears(57).ToUnixTimeMilliseconds();

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref now));

    public override DateTimeOffset GetUtcNow() => Now;

    public void Advance(TimeSpan time) => Interlocked.Add(ref now, (long)time.TotalMilliseconds);
}
