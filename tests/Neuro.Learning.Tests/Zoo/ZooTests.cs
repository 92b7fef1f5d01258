using Neuro.Client.Api;
using Neuro.Learning.Specs;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Zoo;

public sealed class ZooTests
{
    /// <summary>The counts that the papers' reference weights are published with (torchvision's documentation, "Params").</summary>
    [Theory]
    [InlineData("alexnet", 61_100_840)]
    [InlineData("vgg16", 138_357_544)]
    [InlineData("googlenet", 6_624_904)]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet50", 25_557_032)]
    [InlineData("squeezenet1.1", 1_235_496)]
    [InlineData("mobilenet-v2", 3_504_872)]
    [InlineData("ssd300-vgg16", 35_641_826)]
    [InlineData("faster-rcnn-resnet50-fpn", 41_755_286)]
    [InlineData("mask-rcnn-resnet50-fpn", 44_401_393)]
    public void Parameters_OfAPublishedModel_AreThePublishedCount(string model, long parameters) => Model.Models[model].Build().Parameters.ShouldBe(parameters);

    /// <summary>35,322,218 are published; 2,365,205 of them are the auxiliary head (1024 → 256 by 3 × 3, normalisation, 256 → 21), which this one does without.</summary>
    [Fact]
    public void Parameters_OfFcn_AreThePublishedCountWithoutTheAuxiliaryHead() =>
        Model.FcnResNet50().Parameters.ShouldBe(35_322_218 - (1024 * 256 * 9 + 2 * 256 + 256 * 21 + 21));

    /// <summary>What docs/models.md says of models that no one has published counts of.</summary>
    [Theory]
    [InlineData("small-cnn", 1_228_970)]
    [InlineData("yolo-nano", 2_204_175)]
    [InlineData("yolo-small", 8_760_095)]
    [InlineData("segnet", 29_455_125)]
    [InlineData("wavenet", 124_096)]
    public void Parameters_OfOurOwnLayouts_AreThoseOfThePage(string model, long parameters) => Model.Models[model].Build().Parameters.ShouldBe(parameters);

    /// <summary>Multiply-accumulates as torchvision's documentation gives them ("GFLOPS", in units of 1e9, to two digits). Theirs count convolutions and linear layers; ours normalisation too.</summary>
    [Theory]
    [InlineData("alexnet", 0.71)]
    [InlineData("vgg16", 15.47)]
    [InlineData("googlenet", 1.5)]
    [InlineData("resnet18", 1.81)]
    [InlineData("resnet50", 4.09)]
    [InlineData("squeezenet1.1", 0.35)]
    [InlineData("mobilenet-v2", 0.3)]
    [InlineData("ssd300-vgg16", 34.86)]
    public void Macs_OfAPublishedModel_AreThePublishedCount(string model, double billions) =>
        (Model.Models[model].Build().Macs / 1e9).ShouldBe(billions, 0.03 * billions + 0.005);

    [Theory]
    [InlineData(2, 32)]
    [InlineData(31, 64)]
    [InlineData(1000, 224)]
    public void SmallCnn_AnySize_EndsInOneScorePerClass(int classes, int size)
    {
        var spec = Model.SmallCnn(classes, size);

        spec.ShapeOf("logits").ToString().ShouldBe($"[{classes}]");
        spec.ShapeOf("stage4").ToString().ShouldBe($"[256, {size / 16}, {size / 16}]");
        spec.Parameters.ShouldBeLessThan(1_700_000);
    }

    [Fact]
    public void Parse_OfToJson_IsIdentityForEveryModel()
    {
        foreach (var (name, model) in Model.Models)
        {
            var spec = model.Build();
            spec.Name.ShouldBe(name);

            var again = ModelSpec.Parse(spec.ToJson());

            again.Hash.ShouldBe(spec.Hash, name);
            again.Outputs.ShouldBe(spec.Outputs, name);
            again.Macs.ShouldBe(spec.Macs, name);
        }
    }

    [Fact]
    public void Yolo_Grids_LieAtStrides8To32()
    {
        var spec = Model.YoloNano(classes: 3, size: 96);

        spec.Outputs.Keys.ShouldBe(["class.0", "box.0", "objectness.0", "class.1", "box.1", "objectness.1", "class.2", "box.2", "objectness.2"]);
        Enumerable.Range(0, 3).Select(k => spec.ShapeOf(spec.Outputs[$"class.{k}"]).ToString()).ShouldBe(["[3, 12, 12]", "[3, 6, 6]", "[3, 3, 3]"]);
        spec.Parameters.ShouldBeLessThan(Model.YoloSmall(3, 96).Parameters);
    }

    [Fact]
    public void MaskRcnn_Masks_AreOfDetections()
    {
        var spec = Model.MaskRcnn(classes: 4, size: 128, width: 0.125);

        spec.ShapeOf(spec.Outputs["mask"]).ToString().ShouldBe("[R, 4, 28, 28]");
        spec.ShapeOf(spec.Outputs["mask"]).Regions.ShouldBe(100);
        spec.ShapeOf(spec.Outputs["box"]).Regions.ShouldBe(1000);
    }

    [Fact]
    public void WaveNet_Length_StaysAndTooFewStepsAreRefused()
    {
        Model.WaveNet(steps: 100, layers: 4).ShapeOf("end.1").ToString().ShouldBe("[256, 1, 100]");
        Should.Throw<NeuroException>(() => Model.WaveNet(steps: 4)).Code.ShouldBe("model.invalid");
    }

    [Fact]
    public void AlexNet_TooSmall_SaysWhichLayerDoesNotFit()
    {
        var error = Should.Throw<NeuroException>(() => Model.AlexNet(10, 32));

        error.Code.ShouldBe("model.shape_mismatch");
        error.Message.ShouldContain("'features.12' (max_pool): kernel 3 is larger than [256, 1, 1]");
    }
}
