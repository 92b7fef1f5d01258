using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

/// <summary>Ready model specs from the papers. Each takes the classes and the input's size, and a width that scales all channels, so that it also trains on two cores.</summary>
/// <remarks>Layers are named as in torchvision's state dicts, so that weights in that form need no renaming.</remarks>
public static partial class Zoo
{
    /// <summary>Every model by its name.</summary>
    public static IReadOnlyDictionary<string, ZooModel> Models { get; } = new Dictionary<string, ZooModel>
    {
        ["small-cnn"] = new(10, 64, (classes, size) => SmallCnn(classes, size)),
        ["recogniser"] = new(10, 128, (classes, size) => Recogniser(classes, size)),
        ["alexnet"] = new(1000, 224, (classes, size) => AlexNet(classes, size)),
        ["vgg16"] = new(1000, 224, (classes, size) => Vgg16(classes, size)),
        ["googlenet"] = new(1000, 224, (classes, size) => GoogLeNet(classes, size)),
        ["resnet18"] = new(1000, 224, (classes, size) => ResNet18(classes, size)),
        ["resnet50"] = new(1000, 224, (classes, size) => ResNet50(classes, size)),
        ["squeezenet1.1"] = new(1000, 224, (classes, size) => SqueezeNet(classes, size)),
        ["mobilenet-v2"] = new(1000, 224, (classes, size) => MobileNetV2(classes, size)),
        ["ssd300-vgg16"] = new(91, 300, (classes, size) => Ssd300(classes, size)),
        ["faster-rcnn-resnet50-fpn"] = new(91, 800, (classes, size) => FasterRcnn(classes, size)),
        ["ssd-tiny"] = new(91, 128, (classes, size) => SsdTiny(classes, size)),
        ["faster-rcnn-tiny"] = new(91, 128, (classes, size) => FasterRcnnTiny(classes, size)),
        ["yolo-tiny"] = new(80, 128, (classes, size) => YoloTiny(classes, size)),
        ["yolo-nano"] = new(80, 640, (classes, size) => YoloNano(classes, size)),
        ["yolo-small"] = new(80, 640, (classes, size) => YoloSmall(classes, size)),
        ["fcn-resnet50"] = new(21, 520, (classes, size) => FcnResNet50(classes, size)),
        ["segnet"] = new(21, 224, (classes, size) => SegNet(classes, size)),
        ["fcn-tiny"] = new(21, 128, (classes, size) => FcnTiny(classes, size)),
        ["segnet-tiny"] = new(21, 128, (classes, size) => SegNetTiny(classes, size)),
        ["mask-rcnn-tiny"] = new(91, 128, (classes, size) => MaskRcnnTiny(classes, size)),
        ["mask-rcnn-resnet50-fpn"] = new(91, 800, (classes, size) => MaskRcnn(classes, size)),
        ["wavenet"] = new(256, 4096, (classes, steps) => WaveNet(classes, steps)),
    };

    /// <summary>A residual network (He et al. 2016) small enough for minutes on two cores: four stages at 1/2, 1/4, 1/8 and 1/16 of the side.</summary>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="size">Side of the square input in pixels, 32 or more.</param>
    public static ModelSpec SmallCnn(int classes, int size = 64) => SmallCnn(classes, size, [32, 64, 128, 256]);

    /// <summary>A residual network as <see cref="SmallCnn(int, int)"/>, but at a quarter of the side from the start: for larger pictures at the same cost.</summary>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="size">Side of the square input in pixels, 64 or more.</param>
    public static ModelSpec Recogniser(int classes, int size = 128) => Recogniser(classes, size, [32, 64, 128, 256]);

    internal static ModelSpec Recogniser(int classes, int size, int[] widths) => Residual("recogniser", classes, size, widths, firstStride: 2);

    internal static ModelSpec SmallCnn(int classes, int size, int[] widths) => Residual("small-cnn", classes, size, widths, firstStride: 1);

    private static ModelSpec Residual(string model, int classes, int size, int[] widths, int firstStride)
    {
        var net = new ModelBuilder();
        var x = ConvNorm("stem", ModelSpec.InputName, widths[0], 3, 2, relu: true);
        x = Block("stage1", x, widths[0], widths[0], firstStride);
        for (var stage = 1; stage < widths.Length; stage++)
        {
            x = Block($"stage{stage + 1}", x, widths[stage - 1], widths[stage], 2);
        }

        net.Add(new GlobalAvgPool("pool", [x]));
        net.Add(new Flatten("features", ["pool"]));
        net.Add(new Dropout("dropout", ["features"], 0.1));
        net.Add(new Linear("logits", ["dropout"], classes));
        return net.Build(model, [3, size, size], classes);

        string Block(string name, string input, int from, int to, int stride)
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

/// <summary>A model of the zoo, with the classes and the size that it is published for.</summary>
/// <param name="Classes">In a detector by anchors or regions the background is one of them.</param>
/// <param name="Size">Side of the square input; steps of a signal.</param>
/// <param name="Make">The spec for classes and size.</param>
public sealed record ZooModel(int Classes, int Size, Func<int, int, ModelSpec> Make)
{
    /// <exception cref="Neuro.Client.Api.NeuroException"><c>model.*</c> where the size does not fit.</exception>
    public ModelSpec Build(int? classes = null, int? size = null) => Make(classes ?? Classes, size ?? Size);
}
