using Microsoft.ML.OnnxRuntime;
using Neuro.Client.Api;
using Neuro.Learning.Compression;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Compression;

public sealed class QuantisationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-quantise-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("small-cnn")]
    [InlineData("recogniser")]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("mobilenet-v2")]
    [InlineData("squeezenet1.1")]
    [InlineData("googlenet")]
    [InlineData("vgg16")]
    [InlineData("yolo-nano")]
    public void Fold_ZooModel_ComputesTheSameWithoutNormalisation(string model)
    {
        var spec = Scrambled.Zoo(model);
        var weights = Scrambled.Weights(spec);

        var (folded, values) = Inference.Fold(spec, weights);

        folded.Layers.Where(layer => layer is BatchNorm or Dropout).ShouldBeEmpty();
        Scrambled.Difference(spec, weights, folded, values).ShouldBeLessThan(1e-4);
    }

    [Theory]
    [InlineData("small-cnn")]
    [InlineData("resnet50")]
    [InlineData("mobilenet-v2")]
    [InlineData("squeezenet1.1")]
    [InlineData("googlenet")]
    [InlineData("vgg16")]
    public void Quantise_ZooModel_RunsInOnnxRuntimesInt8KernelsAndGivesNearlyTheSame(string model)
    {
        var spec = Scrambled.Zoo(model);
        var weights = Scrambled.Weights(spec);
        var pictures = Scrambled.Pictures(spec, 8);

        var int8 = Quantisation.Quantise(spec, weights, pictures, new() { Tails = 0 });

        var operators = Optimised(int8);
        // Not one convolution is left in floats; the ReLUs are part of the kernels.
        operators.ShouldNotContain(name => name.EndsWith("Conv", StringComparison.Ordinal) && !name.EndsWith("QLinearConv", StringComparison.Ordinal));
        operators.Count(name => name.EndsWith("QLinearConv", StringComparison.Ordinal)).ShouldBe(spec.Layers.OfType<Conv2d>().Count());
        operators.ShouldNotContain("Relu");
        operators.ShouldNotContain("Clip");
        var (own, other) = (ModelCheck.Own(spec, weights, [.. pictures.SelectMany(picture => picture)])["logits"], Run(spec, int8, pictures)["logits"]);
        SignalToNoise(own, other).ShouldBeGreaterThan(10);
    }

    /// <summary>Models with operators that have no int8 kernel, or several outputs.</summary>
    [Theory]
    [InlineData("ssd300-vgg16")]
    [InlineData("yolo-nano")]
    [InlineData("fcn-resnet50")]
    [InlineData("wavenet")]
    public void Quantise_ModelOfOtherTasks_GivesNearlyTheSame(string model)
    {
        var spec = Scrambled.Zoo(model);
        var weights = Scrambled.Weights(spec);
        var pictures = Scrambled.Pictures(spec, 2);

        var other = Run(spec, Quantisation.Quantise(spec, weights, pictures, new() { Tails = 0 }), pictures);

        ModelCheck.Own(spec, weights, [.. pictures.SelectMany(picture => picture)]).ShouldAllBe(output => SignalToNoise(output.Value, other[output.Key]) > 10);
    }

    [Fact]
    public void Quantise_FileSize_IsAboutAQuarter()
    {
        var spec = Model.SmallCnn(5, 32);
        var weights = Scrambled.Weights(spec);

        Quantisation.Quantise(spec, weights, Scrambled.Pictures(spec, 2)).Length.ShouldBeLessThan(OnnxExporter.Export(spec, weights).Length / 3);
    }

    [Fact]
    public void Quantise_WeightsOnTheGrid_AreExactButForRoundedValues()
    {
        // One linear layer on pixels that are whole steps: nothing is rounded, so nothing may differ.
        Layer[] layers = [new GlobalAvgPool("mean", ["input"]), new Flatten("flat", ["mean"]), new Linear("logits", ["flat"], 2, Bias: false)];
        var spec = new ModelSpec("exact", [3, 8, 8], 2, layers,
            inputMean: [0, 0, 0], inputDeviation: [1, 1, 1]);
        var weights = new Dictionary<string, TensorValues> { ["logits.weight"] = new([2, 3], [127, -64, 1, 2, 254, -6]) };
        List<byte[]> pictures = [.. new byte[][] { [0, 255, 17], [200, 3, 90] }.Select(pixel => Enumerable.Repeat(pixel, 64).SelectMany(one => one).ToArray())];

        var logits = Run(spec, Quantisation.Quantise(spec, weights, pictures, new() { Tails = 0 }), pictures)["logits"];

        logits.ShouldBe([(-64 * 255) + 17, (254 * 255) - (6 * 17), (127 * 200) - (64 * 3) + 90, (2 * 200) + (254 * 3) - (6 * 90)], tolerance: 0.01);
    }

    [Fact]
    public void Quantise_ReducedRange_TakesSevenBits()
    {
        var spec = Model.SmallCnn(5, 32, [8, 8, 8, 8]);
        var path = Path.Combine(folder, "seven.onnx");

        File.WriteAllBytes(path, Quantisation.Quantise(spec, Scrambled.Weights(spec), Scrambled.Pictures(spec, 2), new() { ReducedRange = true }));

        OnnxFile.Read(path).Constants["stem-conv.weight:quantised"].Wholes!.Max(Math.Abs).ShouldBe(63);
    }

    [Fact]
    public void Quantise_LayerInFp32_KeepsItsWeights()
    {
        var spec = Model.SmallCnn(5, 32, [8, 8, 8, 8]);
        var options = new QuantisationOptions { Float32 = ["stem-conv", "logits"] };

        var operators = Optimised(Quantisation.Quantise(spec, Scrambled.Weights(spec), Scrambled.Pictures(spec, 2), options));

        operators.Count(name => name.EndsWith("QLinearConv", StringComparison.Ordinal)).ShouldBe(spec.Layers.OfType<Conv2d>().Count() - 1);
        operators.ShouldContain(name => name.EndsWith("Gemm", StringComparison.Ordinal) && !name.EndsWith("QGemm", StringComparison.Ordinal));
    }

    [Fact]
    public void Range_Tails_LeaveOutTheFewFarNumbers()
    {
        var histogram = new ActivationHistogram();
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => i / 100_000f), 1000, -500];
        histogram.Widen(values);
        histogram.Count(values);

        (histogram.Range(0).Scale * 255).ShouldBe(1500, 1e-3);
        histogram.Range(1e-4).Scale.ShouldBeLessThan(0.01f);
    }

    [Theory]
    [InlineData(0, 6, 0)]
    [InlineData(2, 6, 0)]
    [InlineData(-3, 0, 255)]
    [InlineData(-1, 3, 64)]
    [InlineData(0, 0, 0)]
    public void Range_Zero_IsAWholeStep(float low, float high, int zero) => ((int)new ActivationRange(low, high).ZeroPoint).ShouldBe(zero);

    [Fact]
    public void Quantise_NoPictures_IsRefused()
    {
        var spec = Model.SmallCnn(5, 32);

        Should.Throw<NeuroException>(() => Quantisation.Quantise(spec, Scrambled.Weights(spec), [])).Code.ShouldBe("quantisation.no_pictures");
    }

    [Fact]
    public void Quantise_PictureOfOtherSize_IsRefused()
    {
        var spec = Model.SmallCnn(5, 32);

        var error = Should.Throw<NeuroException>(() => Quantisation.Quantise(spec, Scrambled.Weights(spec), [new byte[100]]));

        error.Code.ShouldBe("quantisation.picture_size");
        error.Message.ShouldContain("3,072");
    }

    [Fact]
    public void Quantise_LayersThatCannotBe_AreNamed()
    {
        var (regions, unpooling) = (Model.MaskRcnn(4, 64, 0.125), Scrambled.Zoo("segnet"));

        var error = Should.Throw<NeuroException>(() => Quantisation.Quantise(regions, Scrambled.Weights(regions), [new byte[3 * 64 * 64]]));

        error.Code.ShouldBe("quantisation.unsupported_layer");
        error.Message.ShouldContain("'rpn.proposals' (proposals)");
        Should.Throw<NeuroException>(() => Quantisation.Quantise(unpooling, Scrambled.Weights(unpooling), [])).Code.ShouldBe("quantisation.unsupported_layer");
    }

    [Fact]
    public void Quantise_UnknownLayerInFp32_IsNamedWithTheNearest()
    {
        var spec = Model.SmallCnn(5, 32);

        var error = Should.Throw<NeuroException>(() => Quantisation.Quantise(
            spec, Scrambled.Weights(spec), Scrambled.Pictures(spec, 1), new() { Float32 = ["stem-con"] }));

        error.Code.ShouldBe("quantisation.unknown_layer");
        error.Message.ShouldContain("'stem-conv'");
    }

    private static Dictionary<string, float[]> Run(ModelSpec spec, byte[] onnx, List<byte[]> pictures) => ModelCheck.Onnx(
        () => new InferenceSession(onnx, ModelCheck.Quiet()), OnnxExporter.Input, ModelCheck.Planes(spec, [.. pictures.SelectMany(picture => picture)]),
        [pictures.Count, .. spec.Input.Select(side => (long)side)], [.. spec.Outputs.Keys]);

    /// <summary>The operators that OnnxRuntime makes of a file.</summary>
    private List<string> Optimised(byte[] onnx)
    {
        var path = Path.Combine(folder, "optimised.onnx");
        using (var options = ModelCheck.Quiet())
        {
            options.OptimizedModelFilePath = path;
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
            new InferenceSession(onnx, options).Dispose();
        }

        return [.. OnnxFile.Read(path).Nodes.Select(node => node.Operator)];
    }

    /// <summary>Decibels.</summary>
    private static double SignalToNoise(float[] signal, float[] noisy) =>
        10 * Math.Log10(signal.Sum(value => (double)value * value) / signal.Zip(noisy, (a, b) => ((double)a - b) * (a - b)).Sum());
}
