using Neuro.Backend.Storage;
using Neuro.Client.Api;

namespace Neuro.Backend.Tests.Storage;

public sealed class GatheringTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_WhileSomeAreDone_DoesTheNextTogether()
    {
        var (sizes, first) = (new List<int>(), new TaskCompletionSource());
        var gathering = new Gathering<int, int>(async some =>
        {
            sizes.Add(some.Count);
            await first.Task;
            return [.. some.Select(item => item * 2)];
        }, most: 8);
        var answers = new List<Task<int>> { gathering.AddAsync(0, Cancel) };
        while (sizes.Count == 0)
        {
            await Task.Yield();
        }

        answers.AddRange(Enumerable.Range(1, 10).Select(item => gathering.AddAsync(item, Cancel)));
        first.SetResult();
        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(0, 11).Select(item => item * 2));
        sizes.ShouldBe([1, 8, 2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Add_WithOneThatFails_TellsThatOneAlone(bool known)
    {
        var first = new TaskCompletionSource();
        var gathering = new Gathering<int, int>(async some =>
        {
            await first.Task;
            return some.Contains(3) ? throw (known ? new NeuroException("artifact.not_found", "It is gone.") : new InvalidOperationException("3")) : some;
        });
        var answers = Enumerable.Range(0, 6).Select(item => gathering.AddAsync(item, Cancel)).ToList();
        first.SetResult();
        for (var item = 0; item < 6; item++)
        {
            var answer = answers[item];
            var failure = await Record.ExceptionAsync(() => answer);
            (failure is null).ShouldBe(item != 3);
        }
    }

    [Fact]
    public async Task Add_WhileAnothersIsDone_IsDoneInItsOwnContext()
    {
        var (whose, seen, first) = (new AsyncLocal<string>(), new List<string?>(), new TaskCompletionSource());
        var gathering = new Gathering<int, int>(async some =>
        {
            seen.Add(whose.Value);
            await first.Task;
            return some;
        });
        whose.Value = "ada";
        var one = gathering.AddAsync(1, Cancel);
        while (seen.Count == 0)
        {
            await Task.Yield();
        }

        whose.Value = "bo";
        var other = gathering.AddAsync(2, Cancel);
        first.SetResult();
        await Task.WhenAll(one, other);
        seen.ShouldBe(["ada", "bo"]);
    }

    [Fact]
    public async Task Add_WithoutADisk_TellsAllAtOnce()
    {
        var (calls, first) = (0, new TaskCompletionSource());
        var gathering = new Gathering<int, int>(async some =>
        {
            calls++;
            await first.Task;
            throw new UnauthorizedAccessException();
        });
        var answers = Enumerable.Range(0, 6).Select(item => gathering.AddAsync(item, Cancel)).ToList();
        first.SetResult();
        foreach (var answer in answers)
        {
            await Should.ThrowAsync<UnauthorizedAccessException>(() => answer);
        }

        calls.ShouldBeLessThanOrEqualTo(2);
    }
}
