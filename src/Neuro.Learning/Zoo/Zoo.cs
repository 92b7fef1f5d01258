using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

/// <summary>Ready model specs from the papers. Each takes the classes and the input's size, and a width that scales all channels, so that it also trains on two cores.</summary>
/// <remarks>Layers are named as in torchvision's state dicts, so that weights in that form need no renaming.</remarks>
public static partial class Zoo
{
    /// <summary>Every model by name, for its default classes and size.</summary>
    public static IReadOnlyDictionary<string, Func<ModelSpec>> Models { get; } = new Dictionary<string, Func<ModelSpec>>
    {
        ["small-cnn"] = () => SmallCnn(10),
        ["alexnet"] = () => AlexNet(),
        ["vgg16"] = () => Vgg16(),
        ["googlenet"] = () => GoogLeNet(),
        ["resnet18"] = () => ResNet18(),
        ["resnet50"] = () => ResNet50(),
        ["squeezenet1.1"] = () => SqueezeNet(),
        ["mobilenet-v2"] = () => MobileNetV2(),
        ["ssd300-vgg16"] = () => Ssd300(),
        ["faster-rcnn-resnet50-fpn"] = () => FasterRcnn(),
        ["yolo-nano"] = () => YoloNano(),
        ["yolo-small"] = () => YoloSmall(),
        ["fcn-resnet50"] = () => FcnResNet50(),
        ["segnet"] = () => SegNet(),
        ["mask-rcnn-resnet50-fpn"] = () => MaskRcnn(),
        ["wavenet"] = () => WaveNet(),
    };

    /// <summary>A residual network (He et al. 2016) small enough for minutes on two cores: four stages at 1/2, 1/4, 1/8 and 1/16 of the side.</summary>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="size">Side of the square input in pixels, 32 or more.</param>
    public static ModelSpec SmallCnn(int classes, int size = 64) => SmallCnn(classes, size, [32, 64, 128, 256]);

    internal static ModelSpec SmallCnn(int classes, int size, int[] widths)
    {
        var net = new ModelBuilder();
        var x = ConvNorm("stem", ModelSpec.InputName, widths[0], 3, 2, relu: true);
        x = Residual("stage1", x, widths[0], widths[0], 1);
        for (var stage = 1; stage < widths.Length; stage++)
        {
            x = Residual($"stage{stage + 1}", x, widths[stage - 1], widths[stage], 2);
        }

        net.Add(new GlobalAvgPool("pool", [x]));
        net.Add(new Flatten("features", ["pool"]));
        net.Add(new Dropout("dropout", ["features"], 0.1));
        net.Add(new Linear("logits", ["dropout"], classes));
        return net.Build("small-cnn", [3, size, size], classes);

        string Residual(string name, string input, int from, int to, int stride)
        {
            var first = ConvNorm($"{name}-a", input, to, 3, stride, relu: true);
            var second = ConvNorm($"{name}-b", first, to, 3, 1, relu: false);
            var shortcut = stride == 1 && from == to ? input : ConvNorm($"{name}-skip", input, to, 1, stride, relu: false);
            return net.Relu(name, net.Add(new Add($"{name}-sum", [second, shortcut])));
        }

        string ConvNorm(string name, string input, int width, int kernel, int stride, bool relu)
        {
            var x = net.Add(new BatchNorm($"{name}-norm", [net.Conv($"{name}-conv", input, width, kernel, stride, bias: false)]));
            return relu ? net.Relu(name, x) : x;
        }
    }

    /// <summary>Channels at a width, in steps of eight, the number that vector units like.</summary>
    private static int Channels(int full, double width) => Math.Max(8, (int)Math.Round(full * width / 8) * 8);

    private static int[] Square(int size) => [3, size, size];
}
