using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

public static partial class Zoo
{
    /// <summary>AlexNet in one column (Krizhevsky 2014, arXiv:1404.5997): 61,100,840 parameters at 1000 classes.</summary>
    public static ModelSpec AlexNet(int classes = 1000, int size = 224, double width = 1)
    {
        var net = new ModelBuilder();
        int W(int full) => Channels(full, width);
        var x = net.ConvRelu("features.0", ModelSpec.InputName, W(64), 11, 4, 2);
        x = net.ConvRelu("features.3", net.MaxPool("features.2", x, 3, 2), W(192), 5);
        x = net.ConvRelu("features.6", net.MaxPool("features.5", x, 3, 2), W(384), 3);
        x = net.ConvRelu("features.8", x, W(256), 3);
        x = net.MaxPool("features.12", net.ConvRelu("features.10", x, W(256), 3), 3, 2);
        x = net.Add(new Flatten("flatten", [net.Add(new AdaptiveAvgPool("avgpool", [x], 6))]));
        x = net.LinearRelu("classifier.1", net.Add(new Dropout("classifier.0", [x], 0.5)), W(4096));
        x = net.LinearRelu("classifier.4", net.Add(new Dropout("classifier.3", [x], 0.5)), W(4096));
        net.Add(new Linear("classifier.6", [x], classes));
        return net.Build("alexnet", Square(size), classes);
    }

    /// <summary>VGG-16, configuration D (Simonyan and Zisserman 2015): 138,357,544 parameters at 1000 classes.</summary>
    public static ModelSpec Vgg16(int classes = 1000, int size = 224, double width = 1)
    {
        var net = new ModelBuilder();
        var x = VggFeatures(net, "features", width, ceil: false);
        x = net.Add(new Flatten("flatten", [net.Add(new AdaptiveAvgPool("avgpool", [net.MaxPool("features.30", x, 2, 2)], 7))]));
        x = net.LinearRelu("classifier.0", x, Channels(4096, width));
        x = net.LinearRelu("classifier.3", net.Add(new Dropout("classifier.2", [x], 0.5)), Channels(4096, width));
        net.Add(new Linear("classifier.6", [net.Add(new Dropout("classifier.5", [x], 0.5))], classes));
        return net.Build("vgg16", Square(size), classes);
    }

    /// <summary>Inception v1 (Szegedy et al. 2015) with batch normalisation and no auxiliary heads: 6,624,904 parameters at 1000 classes, with 3 × 3 for the paper's 5 × 5 as in the published weights.</summary>
    public static ModelSpec GoogLeNet(int classes = 1000, int size = 224, double width = 1)
    {
        var net = new ModelBuilder();
        int W(int full) => Channels(full, width);
        var x = net.MaxPool("maxpool1", Unit("conv1", ModelSpec.InputName, 64, 7, 2), 3, 2, ceil: true);
        x = net.MaxPool("maxpool2", Unit("conv3", Unit("conv2", x, 64, 1), 192, 3), 3, 2, ceil: true);
        x = Inception("inception3a", x, 64, 96, 128, 16, 32, 32);
        x = Inception("inception3b", x, 128, 128, 192, 32, 96, 64);
        x = net.MaxPool("maxpool3", x, 3, 2, ceil: true);
        x = Inception("inception4a", x, 192, 96, 208, 16, 48, 64);
        x = Inception("inception4b", x, 160, 112, 224, 24, 64, 64);
        x = Inception("inception4c", x, 128, 128, 256, 24, 64, 64);
        x = Inception("inception4d", x, 112, 144, 288, 32, 64, 64);
        x = Inception("inception4e", x, 256, 160, 320, 32, 128, 128);
        x = net.MaxPool("maxpool4", x, 2, 2, ceil: true);
        x = Inception("inception5a", x, 256, 160, 320, 32, 128, 128);
        x = Inception("inception5b", x, 384, 192, 384, 48, 128, 128);
        net.Head("fc", x, classes, dropout: 0.2);
        return net.Build("googlenet", Square(size), classes);

        string Unit(string name, string input, int channels, int kernel, int stride = 1) =>
            net.Relu($"{name}.relu", net.Add(new BatchNorm($"{name}.bn", [net.Conv($"{name}.conv", input, W(channels), kernel, stride, bias: false)], 0.001)));

        string Inception(string name, string input, int one, int before3, int three, int before5, int five, int pooled) => net.Concat(
            name,
            Unit($"{name}.branch1", input, one, 1),
            Unit($"{name}.branch2.1", Unit($"{name}.branch2.0", input, before3, 1), three, 3),
            Unit($"{name}.branch3.1", Unit($"{name}.branch3.0", input, before5, 1), five, 3),
            Unit($"{name}.branch4.1", net.MaxPool($"{name}.branch4.0", input, 3, 1, 1, ceil: true), pooled, 1));
    }

    /// <summary>SqueezeNet 1.1 (Iandola et al. 2016, arXiv:1602.07360): 1,235,496 parameters at 1000 classes.</summary>
    public static ModelSpec SqueezeNet(int classes = 1000, int size = 224, double width = 1)
    {
        var net = new ModelBuilder();
        int W(int full) => Channels(full, width);
        var x = net.MaxPool("features.2", net.ConvRelu("features.0", ModelSpec.InputName, W(64), 3, 2, 0), 3, 2, ceil: true);
        x = Fire(4, Fire(3, x, 16, 64), 16, 64);
        x = net.MaxPool("features.5", x, 3, 2, ceil: true);
        x = Fire(7, Fire(6, x, 32, 128), 32, 128);
        x = net.MaxPool("features.8", x, 3, 2, ceil: true);
        x = Fire(10, Fire(9, x, 48, 192), 48, 192);
        x = Fire(12, Fire(11, x, 64, 256), 64, 256);
        x = net.ConvRelu("classifier.1", net.Add(new Dropout("classifier.0", [x], 0.5)), classes, 1);
        net.Add(new Flatten("logits", [net.Add(new GlobalAvgPool("classifier.3", [x]))]));
        return net.Build("squeezenet1.1", Square(size), classes);

        string Fire(int index, string input, int squeeze, int expand)
        {
            var narrow = net.ConvRelu($"features.{index}.squeeze", input, W(squeeze), 1);
            return net.Concat($"features.{index}", net.ConvRelu($"features.{index}.expand1x1", narrow, W(expand), 1), net.ConvRelu($"features.{index}.expand3x3", narrow, W(expand), 3));
        }
    }

    /// <summary>MobileNetV2 (Sandler et al. 2018, table 2): 3,504,872 parameters at 1000 classes.</summary>
    public static ModelSpec MobileNetV2(int classes = 1000, int size = 224, double width = 1)
    {
        // Expansion, channels, repeats, stride: the rows of table 2.
        (int Expand, int Channels, int Repeat, int Stride)[] rows = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];
        var net = new ModelBuilder();
        var (channels, index) = (Channels(32, width), 1);
        var x = Unit("features.0.0", "features.0.1", ModelSpec.InputName, channels, 3, 2);
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Repeat; i++, index++)
            {
                x = Block($"features.{index}.conv", x, channels, row.Expand * channels, Channels(row.Channels, width), i == 0 ? row.Stride : 1);
                channels = Channels(row.Channels, width);
            }
        }

        net.Head("classifier.1", Unit("features.18.0", "features.18.1", x, Channels(1280, Math.Max(1, width)), 1), classes, dropout: 0.2);
        return net.Build("mobilenet-v2", Square(size), classes);

        string Unit(string conv, string norm, string input, int width, int kernel, int stride = 1, int groups = 1) =>
            net.Add(new Relu6($"{norm}.relu6", [net.Add(new BatchNorm(norm, [net.Conv(conv, input, width, kernel, stride, groups: groups, bias: false)]))]));

        string Block(string name, string input, int from, int hidden, int to, int stride)
        {
            var (y, part) = (input, 0);
            if (hidden != from)
            {
                y = Unit($"{name}.{part}.0", $"{name}.{part++}.1", y, hidden, 1);
            }

            y = Unit($"{name}.{part}.0", $"{name}.{part++}.1", y, hidden, 3, stride, hidden);
            y = net.Add(new BatchNorm($"{name}.{part + 1}", [net.Conv($"{name}.{part}", y, to, 1, bias: false)]));
            return stride == 1 && from == to ? net.Add(new Add($"{name}.sum", [input, y])) : y;
        }
    }

    /// <summary>The 13 convolutions of VGG-16 without the last pool. <paramref name="ceil"/>: whether the third pool keeps an odd last row, as SSD does.</summary>
    private static string VggFeatures(ModelBuilder net, string name, double width, bool ceil, int convolutions = 13)
    {
        int[] channels = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];
        int[] pooledAfter = [2, 4, 7, 10];
        var (x, index) = (ModelSpec.InputName, 0);
        for (var i = 0; i < convolutions; i++)
        {
            if (pooledAfter.Contains(i))
            {
                x = net.MaxPool($"{name}.{index++}", x, 2, 2, ceil: ceil && i == 7);
            }

            x = net.ConvRelu($"{name}.{index}", x, Channels(channels[i], width), 3);
            index += 2;
        }

        return x;
    }
}
