namespace Neuro.Backend.Simulation;

/// <summary>Who does what in a step.</summary>
internal sealed class Script
{
    private readonly World world;
    private readonly List<(int Weight, Func<Draws, Task> Act)> acts;
    private readonly int weights;

    public Script(World world)
    {
        this.world = world;
        var dealings = new Dealings(world);
        var (trading, jobs) = (new TradingSteps(world, dealings), new JobSteps(world, dealings));
        acts =
        [
            (14, trading.PlaceAsync), (6, trading.CancelAsync), (8, trading.MakeMarketAsync), (5, trading.IssueAsync), (8, trading.RushAsync), (4, trading.ReuseAsync),
            (6, jobs.BuyAsync), (8, jobs.OrderAsync), (12, jobs.DeliverAsync), (4, jobs.CloseAsync), (6, jobs.RushAsync), (4, jobs.ReuseAsync), (4, jobs.AskTooMuchAsync),
            (4, jobs.WaitAsync), (2, _ => jobs.ExpireAsync()),
            (2, trading.RushThroughFaultAsync), (2, trading.RushThroughCrashAsync), (2, jobs.RushThroughCrashAsync), (2, jobs.RushWithFailingWritesAsync), (1, _ => world.RestartAsync(crashed: false)),
        ];
        weights = acts.Sum(act => act.Weight);
    }

    public async Task PlayAsync(Draws draws)
    {
        world.Clock.Advance(TimeSpan.FromMilliseconds(draws.Between(0, 20_000)));
        var drawn = draws.Below(weights);
        foreach (var (weight, act) in acts)
        {
            if (drawn < weight)
            {
                await act(draws);
                return;
            }

            drawn -= weight;
        }
    }
}
