using System.Diagnostics;
using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Tests.Engine;

public sealed class InterruptTests(SessionFixture fixture, ITestOutputHelper output) : IClassFixture<SessionFixture>
{
    private readonly Notes notes = new(fixture.Session);

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (var i = 0L; ; i++) { if (i < 0) Console.WriteLine(i); }")]
    [InlineData("while (true) _ = new string('x', 100);")]
    [InlineData("while (true) Console.WriteLine();")]
    [InlineData("int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2); Fib(70)")]
    [InlineData("await Task.Run(() => { while (true) Thread.Sleep(0); });")]
    [InlineData("again: goto again;")]
    [InlineData("do Thread.Sleep(1); while (true);")]
    [InlineData("foreach (var x in Enumerable.Range(0, int.MaxValue)) Thread.Sleep(1);")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("new SemaphoreSlim(0).Wait();")]
    [InlineData("new ManualResetEvent(false).WaitOne();")]
    [InlineData("Task.Delay(-1).Wait();")]
    [InlineData("var monitor = new object(); lock (monitor) Monitor.Wait(monitor);")]
    [InlineData("void Spin() { while (true) { } } Spin();")]
    [InlineData("Action spin = () => { while (true) { } }; spin();")]
    [InlineData("await Task.Yield(); while (true) { }")]
    [InlineData("while (true) await Task.Yield();")]
    [InlineData("while (true) try { while (true) { } } catch (Exception) { }")]
    [InlineData("while (true) try { Thread.Sleep(1); } finally { }")]
    [InlineData("class Loop { public static async Task Run() { await Task.Delay(1); while (true) { } } } await Loop.Run();")]
    [InlineData("IEnumerable<int> Endless() { while (true) yield return 1; } Endless().Count(x => x < 0)")]
    [InlineData("IEnumerable<int> Shown() { while (true) { } yield return 1; } Shown()")]
    [InlineData("#!time\nwhile (true) { }")]
    public async Task RunAsync_Interrupted_EndsAtOnceAndKeepsTheVariables(string code)
    {
        await notes.Run("var before = 41;");
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = code.StartsWith("#!", StringComparison.Ordinal) ? "" : "var within = 1; ";
        var running = fixture.Session.RunAsync($"Console.WriteLine(); {first}\n{code}", _ => begun.TrySetResult(), cancel: stop.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        var began = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        var result = await running;
        var took = Stopwatch.GetElapsedTime(began);

        output.WriteLine($"{took.TotalMilliseconds:0} ms");
        result.Error.ShouldNotBeNull().Name.ShouldBe("Interrupted");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        await notes.Run(first.Length > 0 ? "before + within" : "before + 1");
        notes.Result.ShouldBe("42");
    }

    [Fact]
    public async Task RunAsync_BlockedOnItsOwnTask_DoesNotLockItselfOut()
    {
        await notes.Run("async Task<int> Later() { await Task.Delay(1); return 5; }\nLater().Result");

        notes.Result.ShouldBe("5");
    }

    [Fact]
    public async Task RunAsync_AsyncVoidThatThrows_IsSaidAndTheSessionGoesOn()
    {
        var said = new TaskCompletionSource<string>();
        await fixture.Session.RunAsync(
            "async void Lost() { await Task.Yield(); throw new InvalidOperationException(\"nobody waits\"); }\nLost();",
            shown => said.TrySetResult(shown is StreamOutput { IsError: true } error ? error.Text : shown.ToString()),
            cancel: TestContext.Current.CancellationToken);

        (await said.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBe("InvalidOperationException: nobody waits (cell line 1)\n");
    }

    [Fact]
    public async Task RunAsync_WaitingForInput_IsInterrupted()
    {
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        var running = fixture.Session.RunAsync("Console.ReadLine()", _ => { }, new() { Input = Nobody }, stop.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        (await running).Error.ShouldNotBeNull().Name.ShouldBe("Interrupted");

        async Task<string?> Nobody(InputRequest request, CancellationToken cancel)
        {
            asked.SetResult();
            await Task.Delay(-1, cancel);
            return null;
        }
    }
}
