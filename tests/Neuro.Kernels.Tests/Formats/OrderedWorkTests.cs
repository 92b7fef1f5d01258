using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Tests.Formats;

public sealed class OrderedWorkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_AnyThreads_TakesInOrderAndKeepsFewInMemory(int threads)
    {
        var (alive, most, taken) = (0, 0, new List<int>());
        OrderedWork.Run(
            50,
            threads,
            index =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref alive));
                return index;
            },
            index =>
            {
                taken.Add(index);
                Interlocked.Decrement(ref alive);
            },
            TestContext.Current.CancellationToken);

        taken.ShouldBe(Enumerable.Range(0, 50));
        most.ShouldBeLessThanOrEqualTo((2 * threads) + 1);
    }

    [Fact]
    public void Run_WorkFails_StopsAndThrowsIt() =>
        Should.Throw<InvalidDataException>(() => OrderedWork.Run(100, 2, index => index == 17 ? throw new InvalidDataException("17") : index, _ => { }, CancellationToken.None)).Message.ShouldBe("17");

    [Fact]
    public void Run_TakingFails_StopsAndThrowsIt() =>
        Should.Throw<InvalidDataException>(() => OrderedWork.Run(100, 2, index => index, index => _ = index == 5 ? throw new InvalidDataException("5") : index, CancellationToken.None)).Message.ShouldBe("5");

    [Fact]
    public void Run_Cancelled_Stops()
    {
        using var cancel = new CancellationTokenSource();
        var taken = 0;

        Should.Throw<OperationCanceledException>(() => OrderedWork.Run(
            1000,
            2,
            index => index,
            _ =>
            {
                if (++taken == 10)
                {
                    cancel.Cancel();
                }
            },
            cancel.Token));
        taken.ShouldBe(10);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
