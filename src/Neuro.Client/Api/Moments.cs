namespace Neuro.Client.Api;

/// <summary>Moments as contracts and rows keep them.</summary>
public static class Moments
{
    /// <summary>The moment to the millisecond, by UTC: what is written down and read again is equal then.</summary>
    public static DateTimeOffset ToMillisecond(this DateTimeOffset moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());
}
