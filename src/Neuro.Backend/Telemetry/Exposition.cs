using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Neuro.Backend.Telemetry;

/// <summary>Metrics as a page of text (Prometheus' exposition format 0.0.4): the platform's, and how long requests took.</summary>
/// <remarks>It begins to listen when it is first asked for, so a platform that nobody scrapes pays nothing; durations count from then on.</remarks>
internal sealed class Exposition(IMeterFactory meters, Sampler sampler) : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private const string RequestDuration = "http.server.request.duration";

    private readonly Lock writing = new();
    private readonly Dictionary<Instrument, Dictionary<string, Series>> all = [];
    private MeterListener? listener;

    /// <summary>Where the counts of a histogram are cut when it does not say, seconds.</summary>
    private static readonly double[] UsualBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private sealed class Series(IReadOnlyList<double> bounds)
    {
        public double Sum { get; set; }

        public long[] Counts { get; } = new long[bounds.Count + 1];
    }

    public async Task<string> WriteAsync()
    {
        // Asked for before, so that no thread waits inside; a database that does not answer leaves its figures out.
        await ((Task)sampler.LatestAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (writing)
        {
            listener ??= Listen();
            foreach (var (instrument, series) in all)
            {
                if (instrument.IsObservable)
                {
                    series.Clear();
                }
            }

            listener.RecordObservableInstruments();
            var page = new StringBuilder();
            foreach (var (instrument, series) in all.Where(entry => entry.Value.Count > 0).OrderBy(entry => entry.Key.Name, StringComparer.Ordinal))
            {
                Write(page, instrument, series);
            }

            return page.ToString();
        }
    }

    public void Dispose() => listener?.Dispose();

    private MeterListener Listen()
    {
        var made = new MeterListener
        {
            // Only this platform's: there may be others in the process.
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters) && (instrument.Meter.Name == PlatformMetrics.MeterName || instrument.Name == RequestDuration))
                {
                    lock (writing)
                    {
                        all[instrument] = [];
                    }

                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        made.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        made.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        made.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        made.Start();
        return made;
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (writing)
        {
            if (!all[instrument].TryGetValue(labels, out var series))
            {
                all[instrument][labels] = series = new(Bounds(instrument));
            }

            series.Sum += value;
            var bucket = 0;
            while (bucket < series.Counts.Length - 1 && value > Bounds(instrument)[bucket])
            {
                bucket++;
            }

            series.Counts[bucket]++;
        }
    }

    private static IReadOnlyList<double> Bounds(Instrument instrument) => instrument is Histogram<double> histogram ? histogram.Advice?.HistogramBucketBoundaries ?? UsualBounds : [];

    private static void Write(StringBuilder page, Instrument instrument, Dictionary<string, Series> all)
    {
        var counter = instrument is ObservableCounter<long>;
        var name = Name(instrument.Name) + (instrument.Unit == "s" ? "_seconds" : "") + (counter ? "_total" : "");
        page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {(instrument is Histogram<double> ? "histogram" : counter ? "counter" : "gauge")}\n");
        foreach (var (labels, series) in all.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (instrument is Histogram<double>)
            {
                WriteHistogram(page, name, labels, series, Bounds(instrument));
            }
            else
            {
                page.Append(CultureInfo.InvariantCulture, $"{name}{Braced(labels)} {series.Sum}\n");
            }
        }
    }

    private static void WriteHistogram(StringBuilder page, string name, string labels, Series series, IReadOnlyList<double> bounds)
    {
        var (before, upTo) = (labels.Length == 0 ? "" : labels + ",", 0L);
        for (var i = 0; i < series.Counts.Length; i++)
        {
            upTo += series.Counts[i];
            var bound = i < bounds.Count ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            page.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{bound}\"}} {upTo}\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braced(labels)} {series.Sum}\n{name}_count{Braced(labels)} {upTo}\n");
    }

    private static string Braced(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>(tags.Length);
        foreach (var (name, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Add($"{Name(name)}=\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"");
        }

        labels.Sort(StringComparer.Ordinal);
        return string.Join(',', labels);
    }

    private static string Name(string name) => name.Replace('.', '_');
}
