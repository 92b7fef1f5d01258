using Neuro.Learning.Detection;
using Neuro.Learning.Runtime;
using Neuro.Learning.Tests.Dense;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Detection;

public sealed class RegionHeadTests
{
    private static readonly Suppression.Limits Limits = new() { Score = 0.01f };

    public RegionHeadTests() => TorchRuntime.Load();

    [Theory]
    [InlineData(100)]
    [InlineData(float.NaN)]
    public void Detect_NothingButBackground_FindsNothingAndHasNoMasks(float background)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var spec = Drawn.Spec("mask-rcnn-tiny");
        var weights = Network.Initial(spec, 1);
        weights["roi_heads.box_predictor.cls_score.bias"].Values[0] = background;
        using var network = new Network(spec, weights);

        var found = DetectionHead.Of(spec).Detect(network, zeros([2, Drawn.Size, Drawn.Size, 3], ScalarType.Byte), bfloat16: false, Limits);

        found.Select(objects => objects.Count).ShouldBe([0, 0]);
    }

    [Fact]
    public void Loss_PictureThatShowsNothing_IsFiniteAndHasGradients()
    {
        using var scope = NewDisposeScope();
        var spec = Drawn.Spec("mask-rcnn-tiny");
        using var network = new Network(spec, seed: 1);
        using var random = new Generator(1);
        var pixels = zeros([2, Drawn.Size, Drawn.Size, 3], ScalarType.Byte);

        var loss = DetectionHead.Of(spec).Loss(network, pixels, [Nothing, Nothing], new(1, 0, false, random), seed: 5);
        loss.Total.backward();

        loss.Total.item<float>().ShouldBeGreaterThan(0);
        loss.Terms.Select(term => term.Name).ShouldBe(["objectness", "anchor", "class", "box", "mask"]);
        network.Trained.Where(weight => weight.Value.grad is null).Select(weight => weight.Key).ShouldBeEmpty();
    }

    private static Neuro.Learning.Dense.PictureLabels Nothing => new(Drawn.Size, [], new ushort[Drawn.Size * Drawn.Size]);
}
