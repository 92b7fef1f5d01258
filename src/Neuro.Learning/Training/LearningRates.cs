namespace Neuro.Learning.Training;

/// <summary>The learning rate of each step.</summary>
internal static class LearningRates
{
    private const double CycleRise = 0.3;
    private const double CycleStart = 1.0 / 25;
    private const double CycleEnd = CycleStart / 10_000;

    /// <param name="step">From 1 to <paramref name="steps"/>.</param>
    public static double At(TrainingOptions options, int step, int steps)
    {
        var warm = Math.Max(1, (options.Schedule == Schedule.OneCycle ? CycleRise : options.WarmUp) * steps);
        var (risen, fallen) = (step / warm, (step - warm) / Math.Max(1, steps - warm));
        return options.LearningRate * options.Schedule switch
        {
            Schedule.Cosine => step < warm ? risen : 0.5 * (1 + Math.Cos(Math.PI * fallen)),
            Schedule.OneCycle => step < warm ? Between(CycleStart, 1, risen) : Between(1, CycleEnd, fallen),
            _ => Math.Min(1, risen),
        };
    }

    /// <summary>Half a cosine from one value to another.</summary>
    private static double Between(double from, double to, double share) => to + ((from - to) * 0.5 * (1 + Math.Cos(Math.PI * share)));
}
