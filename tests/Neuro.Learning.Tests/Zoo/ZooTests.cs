namespace Neuro.Learning.Tests.Zoo;

public sealed class ZooTests
{
    [Theory]
    [InlineData(2, 32)]
    [InlineData(31, 64)]
    [InlineData(1000, 224)]
    public void SmallCnn_AnySize_EndsInOneScorePerClass(int classes, int size)
    {
        var spec = Neuro.Learning.Zoo.Zoo.SmallCnn(classes, size);

        spec.ShapeOf("logits").ToString().ShouldBe($"[{classes}]");
        spec.ShapeOf("stage4").ToString().ShouldBe($"[256, {size / 16}, {size / 16}]");
        spec.Parameters.ShouldBeLessThan(1_700_000);
    }
}
