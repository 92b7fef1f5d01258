using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neuro.Backend.Jobs;
using Neuro.Backend.Storage;
using Npgsql;

namespace Neuro.Backend.Cluster;

/// <summary>Carries wake-ups to the other replicas and back: PostgreSQL's NOTIFY and LISTEN.</summary>
/// <remarks>A wake-up is a hint, so it may be lost or come twice. After a gap everybody is woken.</remarks>
internal sealed class Relay(Database database, Signals signals, Leases leases, TimeProvider time, ILogger<Relay> logger) : BackgroundService
{
    private const string Topic = "neuro_wake";

    // A notification carries less than 8000 bytes.
    private const int MostWords = 150;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Channel<string> outgoing = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signals.Told = word => outgoing.Writer.TryWrite(word);
        await Task.WhenAll(KeepAsync(SpeakAsync, stoppingToken), KeepAsync(ListenAsync, stoppingToken));
    }

    private async Task KeepAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await work(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception broken) when (broken is NpgsqlException or IOException or InvalidOperationException or TimeoutException)
            {
                logger.LogWarning(broken, "Wake-ups of other replicas do not come through; trying again");
                await Task.Delay(Pause, time, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task SpeakAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var notify = connection.CreateCommand();
        notify.CommandText = "SELECT pg_notify(@topic, @words)";
        var words = new NpgsqlParameter<string>("words", "");
        notify.Parameters.Add(new NpgsqlParameter<string>("topic", Topic));
        notify.Parameters.Add(words);
        while (await outgoing.Reader.WaitToReadAsync(cancel))
        {
            var batch = new HashSet<string>(StringComparer.Ordinal);
            while (batch.Count < MostWords && outgoing.Reader.TryRead(out var word))
            {
                batch.Add(word);
            }

            words.TypedValue = $"{leases.Replica:N} {string.Join(' ', batch)}";
            await notify.ExecuteNonQueryAsync(cancel);
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        await using var connection = (NpgsqlConnection)await database.OpenAsync(cancel);
        connection.Notification += (_, heard) => Hear(heard.Payload);
        await using (var listen = connection.CreateCommand())
        {
            listen.CommandText = $"LISTEN {Topic}";
            await listen.ExecuteNonQueryAsync(cancel);
        }

        signals.WakeAll();
        while (true)
        {
            await connection.WaitAsync(cancel);
        }
    }

    private void Hear(string payload)
    {
        var words = payload.Split(' ');
        if (words[0] == leases.Replica.ToString("N"))
        {
            return;
        }

        foreach (var word in words.AsSpan(1))
        {
            signals.Hear(word);
        }
    }
}
