using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Compression;

/// <summary>Models whose weights are neither zero nor one anywhere, so that a channel that was mixed up shows.</summary>
internal static class Scrambled
{
    public static ModelSpec Zoo(string model) => model switch
    {
        "vgg16" => Model.Vgg16(5, 40, 0.125),
        "googlenet" => Model.GoogLeNet(5, 75, 0.25),
        "resnet18" => Model.ResNet18(5, 40, 0.25),
        "resnet50" => Model.ResNet50(5, 40, 0.25),
        "squeezenet1.1" => Model.SqueezeNet(5, 70, 0.25),
        "mobilenet-v2" => Model.MobileNetV2(5, 40, 0.5),
        "recogniser" => Model.Recogniser(5, 64, [16, 16, 32, 32]),
        "yolo-nano" => Model.YoloNano(4, 72),
        "ssd300-vgg16" => Model.Ssd300(4, 300, 0.0625),
        "fcn-resnet50" => Model.FcnResNet50(4, 44, 0.125),
        "wavenet" => Model.WaveNet(256, 70, layers: 4),
        "segnet" => Model.SegNet(4, 50, 0.125),
        _ => Model.SmallCnn(5, 32, [16, 16, 32, 32]),
    };

    public static Dictionary<string, TensorValues> Weights(ModelSpec spec, int seed = 1)
    {
        var random = new Random(seed);
        return Network.Initial(spec, (ulong)seed)
            .ToDictionary(pair => pair.Key, pair => pair.Value with { Values = [.. pair.Value.Values.Select(value => value + Noise(pair.Key))] });

        float Noise(string name) => name.EndsWith("running_var", StringComparison.Ordinal) ? 0.5f * random.NextSingle() : 0.2f * (random.NextSingle() - 0.5f);
    }

    public static List<byte[]> Pictures(ModelSpec spec, int count) => [.. ModelCheck.Pixels(spec, count).Chunk(spec.Input[0] * spec.Input[1] * spec.Input[2])];

    /// <summary>The largest difference of two models' outputs on random pictures, over the largest number.</summary>
    public static double Difference(
        ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, ModelSpec other, IReadOnlyDictionary<string, TensorValues> otherWeights)
    {
        var (one, two) = (ModelCheck.Own(spec, weights, ModelCheck.Pixels(spec)), ModelCheck.Own(other, otherWeights, ModelCheck.Pixels(spec)));
        two.Keys.ShouldBe(one.Keys);
        return one.Max(output => output.Value.Zip(two[output.Key], (a, b) => (double)MathF.Abs(a - b)).Max() / output.Value.Max(MathF.Abs));
    }
}
