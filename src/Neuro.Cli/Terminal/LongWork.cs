using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Neuro.Cli.Terminal;

/// <summary>Work that may take long: after two seconds a bar says how far it is and how long it will still take.</summary>
internal static class LongWork
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs <paramref name="work"/>, which tells how many of <paramref name="count"/> are done, on another thread.</summary>
    public static Task<T> RunAsync<T>(string what, int count, Func<IProgress<int>, T> work) => RunAsync(what, count, done => Task.FromResult(work(done)));

    /// <summary>Runs <paramref name="work"/>, which tells how many of <paramref name="count"/> are done, on other threads.</summary>
    public static async Task<T> RunAsync<T>(string what, int count, Func<IProgress<int>, Task<T>> work)
    {
        var done = new Counter();
        var running = Task.Run(() => work(done));
        if (await Task.WhenAny(running, Task.Delay(Patience)) != running)
        {
            await (AnsiConsole.Profile.Capabilities.Interactive ? BarAsync(what, count, done, running) : LinesAsync(what, count, done, running));
        }

        return await running;
    }

    private static Task BarAsync(string what, int count, Counter done, Task running) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var bar = context.AddTask(what, maxValue: count);
            do
            {
                bar.Value = done.Value;
            }
            while (await Task.WhenAny(running, Task.Delay(BetweenLooks)) != running);
            bar.Value = done.Value;
        });

    /// <summary>Where there is no terminal, a line at once and one for each tenth.</summary>
    private static async Task LinesAsync(string what, int count, Counter done, Task running)
    {
        var clock = Stopwatch.StartNew();
        var (first, told) = (done.Value, -1L);
        while (await Task.WhenAny(running, Task.Delay(BetweenLooks)) != running)
        {
            var now = done.Value;
            var tenths = 10L * now / count;
            if (tenths > told && now > first)
            {
                told = tenths;
                var left = clock.Elapsed * ((count - now) / (double)(now - first));
                AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {10 * tenths} %, about {(left.TotalSeconds < 90 ? $"{left.TotalSeconds:0} s" : $"{left.TotalMinutes:0} min")} left"));
            }
        }
    }

    private sealed class Counter : IProgress<int>
    {
        private int value;

        public int Value => Volatile.Read(ref value);

        public void Report(int done) => Volatile.Write(ref value, done);
    }
}
