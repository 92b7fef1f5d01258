using Neuro.Learning.Detection;

namespace Neuro.Learning.Tests.Detection;

public sealed class TaskAlignedTests
{
    /// <summary>Four cells of 10 pixels in a row; the label covers the first three.</summary>
    private static readonly float[] Points = [5, 5, 15, 5, 25, 5, 35, 5];

    private static readonly float[] Label = [0, 0, 30, 10];

    [Fact]
    public void Assign_PointsInsideALabel_GoByScoreAndOverlap()
    {
        // The second point places the box exactly, the third almost, the first scores nothing, the fourth lies outside.
        float[] predicted = [0, 0, 30, 10, 0, 0, 30, 10, 0, 0, 27, 10, 0, 0, 30, 10];
        float[] scores = [0, 0.9f, 0.5f, 0.1f, 0.8f, 0, 1, 1];

        var assigned = TaskAligned.Assign(Points, predicted, scores, Label, [0], most: 2);

        // Alignments are 0, 0.5 and 0.8 · 0.9⁶ = 0.4252; the best becomes the best overlap, 1.
        assigned.Select(one => one.Label).ShouldBe([-1, 0, 0, -1]);
        assigned[1].Score.ShouldBe(1, 1e-5f);
        assigned[2].Score.ShouldBe((float)(0.8 * Math.Pow(0.9, 6) / 0.5), 1e-4f);
    }

    [Fact]
    public void Assign_MorePointsThanWanted_TakesTheBestAligned()
    {
        float[] predicted = [.. Enumerable.Repeat(Label, 4).SelectMany(box => box)];

        TaskAligned.Assign(Points, predicted, [0.2f, 0.9f, 0.5f, 1], Label, [0], most: 1).Select(one => one.Label).ShouldBe([-1, 0, -1, -1]);
    }

    [Fact]
    public void Assign_PointOfTwoLabels_StaysWithTheLargerOverlap()
    {
        float[] predicted = [0, 0, 10, 10, 0, 0, 30, 10, 0, 0, 30, 10, 0, 0, 1, 1];
        float[] labels = [0, 0, 30, 10, 0, 0, 40, 10];

        foreach (var order in new[] { false, true })
        {
            float[] given = order ? [.. labels[4..], .. labels[..4]] : labels;
            var assigned = TaskAligned.Assign(Points, predicted, [1, 1, 1, 1], given, [0, 0]);

            assigned[1].Label.ShouldBe(order ? 1 : 0);
            assigned[2].Label.ShouldBe(order ? 1 : 0);
        }
    }

    [Fact]
    public void Assign_NoLabels_IsAllBackground() =>
        TaskAligned.Assign(Points, new float[16], new float[8], [], []).ShouldAllBe(one => one.Label == -1 && one.Score == 0);

    [Fact]
    public void Assign_ClassWithoutScore_IsRefused() =>
        Should.Throw<ArgumentException>(() => TaskAligned.Assign(Points, new float[16], new float[8], Label, [2])).Message.ShouldContain("class 2");
}
