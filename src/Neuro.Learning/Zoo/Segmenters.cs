using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

public static partial class Zoo
{
    /// <summary>A fully convolutional network (Long et al. 2015) on a ResNet-50 that is dilated from its third stage on, without an auxiliary head.</summary>
    public static ModelSpec FcnResNet50(int classes = 21, int size = 520, double width = 1)
    {
        var net = new ModelBuilder();
        var x = new Residuals(net, "backbone.", width) { DilatedFrom = 3 }.Add([3, 4, 6, 3])[^1];
        x = net.Relu("classifier.2", net.Add(new BatchNorm("classifier.1", [net.Conv("classifier.0", x, Channels(512, width), 3, bias: false)])));
        x = net.Conv("classifier.4", net.Add(new Dropout("classifier.3", [x], 0.1)), classes, 1);
        net.Add(new Upsample("upsample", [x], size, Interpolation.Bilinear));
        return net.Build("fcn-resnet50", Square(size), classes, ModelTask.Segment);
    }

    /// <summary>A fully convolutional network as <see cref="FcnResNet50"/>, on a ResNet of one plain block a stage at a quarter of the width, for minutes on a CPU.</summary>
    public static ModelSpec FcnTiny(int classes = 21, int size = 128)
    {
        var net = new ModelBuilder();
        var x = new Residuals(net, "backbone.", 0.25) { Bottleneck = false, DilatedFrom = 3 }.Add([1, 1, 1, 1])[^1];
        x = net.Relu("classifier.2", net.Add(new BatchNorm("classifier.1", [net.Conv("classifier.0", x, 64, 3, bias: false)])));
        x = net.Conv("classifier.4", x, classes, 1);
        net.Add(new Upsample("upsample", [x], size, Interpolation.Bilinear));
        return net.Build("fcn-tiny", Square(size), classes, ModelTask.Segment);
    }

    /// <summary>SegNet (Badrinarayanan et al. 2017): VGG-16's convolutions with batch normalisation, and their mirror image, which puts each value back where the pool took it from.</summary>
    public static ModelSpec SegNet(int classes = 21, int size = 224, double width = 1) =>
        SegNet("segnet", classes, size, [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]], width);

    /// <summary>SegNet with three stages of two convolutions at a quarter of the width, for minutes on a CPU.</summary>
    public static ModelSpec SegNetTiny(int classes = 21, int size = 128) => SegNet("segnet-tiny", classes, size, [[64, 64], [128, 128], [256, 256]], 0.25);

    private static ModelSpec SegNet(string name, int classes, int size, int[][] stages, double width)
    {
        var net = new ModelBuilder();
        var (x, pools) = (ModelSpec.InputName, new List<string>());
        for (var stage = 0; stage < stages.Length; stage++)
        {
            for (var i = 0; i < stages[stage].Length; i++)
            {
                x = Unit($"encoder{stage + 1}.{i}", x, Channels(stages[stage][i], width));
            }

            pools.Add(x = net.MaxPool($"encoder{stage + 1}.pool", x, 2, 2));
        }

        for (var stage = stages.Length - 1; stage >= 0; stage--)
        {
            x = net.Add(new MaxUnpool($"decoder{stage + 1}.unpool", [x, pools[stage]]));
            for (var i = stages[stage].Length - 1; i >= 0; i--)
            {
                var to = i > 0 ? stages[stage][i] : stage > 0 ? stages[stage - 1][^1] : 0;
                x = to > 0 ? Unit($"decoder{stage + 1}.{i}", x, Channels(to, width)) : net.Conv("decoder1.logits", x, classes, 3);
            }
        }

        return net.Build(name, Square(size), classes, ModelTask.Segment);

        string Unit(string name, string input, int channels) => net.Relu($"{name}.relu", net.Add(new BatchNorm($"{name}.norm", [net.Conv($"{name}.conv", input, channels, 3)])));
    }
}
