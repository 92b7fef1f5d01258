using System.Globalization;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Telemetry;

namespace Neuro.Backend.Portal;

/// <summary>Writes errors to <c>logs/errors-yyyyMMdd.log</c> in the data folder; nothing else is worth a line there.</summary>
internal sealed class ErrorLog(string dataFolder, TimeProvider time) : ILoggerProvider
{
    private readonly Lock writing = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(string line)
    {
        var now = time.GetUtcNow();
        var folder = Path.Combine(dataFolder, "logs");
        try
        {
            lock (writing)
            {
                Directory.CreateDirectory(folder);
                File.AppendAllText(Path.Combine(folder, $"errors-{now:yyyyMMdd}.log"), string.Create(CultureInfo.InvariantCulture, $"{now:O} {line}\n"));
            }
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // A full disk must not take the platform down with it.
        }
    }

    private sealed class Logger(ErrorLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(SecretMask.Mask($"{category}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}"));
            }
        }
    }
}
