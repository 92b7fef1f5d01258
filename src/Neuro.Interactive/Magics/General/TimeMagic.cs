namespace Neuro.Interactive.Magics.General;

internal sealed class TimeMagic(TimeProvider time) : Magic("time", "Says how long the rest of the cell took.")
{
    public override MagicScope Scope => MagicScope.RestOfCell;

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var start = time.GetTimestamp();
        try
        {
            await host.RunAsync(given.Body);
        }
        finally
        {
            host.Display(Said(time.GetElapsedTime(start)));
        }
    }

    internal static string Said(TimeSpan took) => FormattableString.Invariant(took.TotalSeconds switch
    {
        < 1 => (FormattableString)$"{took.TotalMilliseconds:0.0} ms",
        < 60 => $"{took.TotalSeconds:0.00} s",
        _ => $"{(int)took.TotalMinutes} min {took.Seconds} s",
    });
}
