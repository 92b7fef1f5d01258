using System.Diagnostics;

namespace Neuro.Backend.Telemetry;

/// <summary>What the platform does for a request and beside them, as spans of a trace. They carry ids, kinds and counts; no keys, tokens or floors.</summary>
internal static class Spans
{
    public const string SourceName = "Neuro.Platform";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Null when nobody traces; what is set on it is then not even computed: <c>Spans.Start("neuro.pay")?.SetTag(…)</c>.</summary>
    public static Activity? Start(string name) => Source.StartActivity(name);
}
