using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Neuro.Backend.Telemetry;

/// <summary>Writes what is logged, an entry a line: as text for people, or as JSON objects for programs. No secret is in it.</summary>
/// <param name="to">Where to.</param>
/// <param name="json">One object a line with time, level, category, message, trace (as in the traces, if the entry belongs to one), exception, and fields, the values in the message by name.</param>
internal sealed class LineLog(TextWriter to, bool json, TimeProvider time) : ILoggerProvider
{
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock writing = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(string category, LogLevel level, string message, Exception? exception, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var line = json ? Json(category, level, message, exception, values) : Text(category, level, message, exception);
        try
        {
            lock (writing)
            {
                to.WriteLine(line);
                to.Flush();
            }
        }
        catch (IOException)
        {
            // Nobody reads standard error any more; the platform goes on.
        }
    }

    private string Text(string category, LogLevel level, string message, Exception? exception) =>
        SecretMask.Mask(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff} {level} {category}: {message}{(exception is null ? "" : "\n" + exception)}"));

    private string Json(string category, LogLevel level, string message, Exception? exception, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Format))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.GetUtcNow());
            writer.WriteString("level", level.ToString());
            writer.WriteString("category", category);
            writer.WriteString("message", SecretMask.Mask(message));
            if (Activity.Current is { } span)
            {
                writer.WriteString("trace", span.TraceId.ToHexString());
            }

            if (exception is not null)
            {
                writer.WriteString("exception", SecretMask.Mask(exception.ToString()));
            }

            writer.WriteStartObject("fields");
            foreach (var (name, value) in values.Where(value => value.Key != "{OriginalFormat}"))
            {
                WriteField(writer, name, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteField(Utf8JsonWriter writer, string name, object? value)
    {
        if (value is int or long)
        {
            writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            return;
        }

        // A field by such a name has a secret for its value, whatever it looks like.
        var text = SecretMask.Mask($"{name}={Convert.ToString(value, CultureInfo.InvariantCulture)}");
        writer.WriteString(name, text[(name.Length + 1)..]);
    }

    private sealed class Logger(LineLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(category, logLevel, formatter(state, exception), exception, state as IReadOnlyList<KeyValuePair<string, object?>> ?? []);
    }
}
