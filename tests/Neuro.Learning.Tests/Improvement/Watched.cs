using CsCheck;
using Neuro.Learning.Improvement;

namespace Neuro.Learning.Tests.Improvement;

/// <summary>Made-up observations: traits drawn evenly from 0 to 1 (size and angle scaled), and a rule for what is right.</summary>
internal static class Watched
{
    public const int Light = 0;
    public const int Size = 3;

    public static readonly IReadOnlyList<string> Classes = ["red", "green", "blue"];

    /// <param name="right">The probability to be right, by traits and class.</param>
    /// <param name="scale">Changes the traits afterwards.</param>
    public static Observation Of(int count, uint seed, Func<double[], int, double> right, Action<double[]>? scale = null)
    {
        var random = new PCG(54, seed);
        return new("model", "pictures", Classes, [.. Enumerable.Range(0, count).Select(_ =>
        {
            double[] traits = [Unit(), Unit(), Unit(), 100 * Unit(), Unit(), 90 * Unit()];
            var classId = (int)(3 * Unit());
            var isRight = Unit() < right(traits, classId);
            scale?.Invoke(traits);
            return new Observation.Seen(traits, classId, isRight);
        })]);

        double Unit() => random.Next(1_000_000) / 1e6;
    }
}
