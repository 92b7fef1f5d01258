using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

public static partial class Zoo
{
    /// <summary>ResNet-18 (He et al. 2016, table 1): 11,689,512 parameters at 1000 classes.</summary>
    public static ModelSpec ResNet18(int classes = 1000, int size = 224, double width = 1)
    {
        var net = new ModelBuilder();
        net.Head("fc", new Residuals(net, "", width) { Bottleneck = false }.Add([2, 2, 2, 2])[^1], classes, dropout: 0);
        return net.Build("resnet18", Square(size), classes);
    }

    /// <summary>ResNet-50 (He et al. 2016, table 1) with the stride in the 3 × 3 convolution: 25,557,032 parameters at 1000 classes.</summary>
    public static ModelSpec ResNet50(int classes = 1000, int size = 224, double width = 1)
    {
        var net = new ModelBuilder();
        net.Head("fc", new Residuals(net, "", width).Add([3, 4, 6, 3])[^1], classes, dropout: 0);
        return net.Build("resnet50", Square(size), classes);
    }

    /// <summary>The stages of a residual network.</summary>
    private sealed class Residuals(ModelBuilder net, string prefix, double width)
    {
        /// <summary>Whether a block is 1 × 1, 3 × 3, 1 × 1, four times as wide outside.</summary>
        public bool Bottleneck { get; init; } = true;

        public bool Frozen { get; init; }

        /// <summary>From which stage on (1 to 4) strides become dilations, so that the picture stays at an eighth.</summary>
        public int DilatedFrom { get; init; } = 5;

        /// <summary>Adds the stem and four stages of so many blocks; gives the output of each stage.</summary>
        public string[] Add(int[] blocks)
        {
            var x = net.Relu($"{prefix}relu", Norm($"{prefix}bn1", net.Conv($"{prefix}conv1", ModelSpec.InputName, Channels(64, width), 7, 2, bias: false)));
            x = net.MaxPool($"{prefix}maxpool", x, 3, 2, 1);
            var (stages, channels, dilation) = (new string[blocks.Length], Channels(64, width), 1);
            for (var stage = 1; stage <= blocks.Length; stage++)
            {
                var (stride, before) = (stage == 1 ? 1 : 2, dilation);
                if (stage >= DilatedFrom)
                {
                    (dilation, stride) = (dilation * stride, 1);
                }

                var inner = Channels(64 << (stage - 1), width);
                for (var i = 0; i < blocks[stage - 1]; i++)
                {
                    x = Block($"{prefix}layer{stage}.{i}", x, channels, inner, i == 0 ? stride : 1, i == 0 ? before : dilation, project: i == 0 && (stage > 1 || Bottleneck));
                    channels = inner * (Bottleneck ? 4 : 1);
                }

                stages[stage - 1] = x;
            }

            return stages;
        }

        private string Block(string name, string input, int from, int inner, int stride, int dilation, bool project)
        {
            var x = Bottleneck ? Unit(1, input, 1) : Unit(1, input, 3, stride, dilation);
            x = Bottleneck ? Unit(2, x, 3, stride, dilation) : Norm($"{name}.bn2", net.Conv($"{name}.conv2", x, inner, 3, bias: false));
            if (Bottleneck)
            {
                x = Norm($"{name}.bn3", net.Conv($"{name}.conv3", x, 4 * inner, 1, bias: false));
            }

            var shortcut = project ? Norm($"{name}.downsample.1", net.Conv($"{name}.downsample.0", input, inner * (Bottleneck ? 4 : 1), 1, stride, bias: false)) : input;
            return net.Relu($"{name}.relu", net.Add(new Add($"{name}.sum", [x, shortcut])));

            string Unit(int index, string read, int kernel, int step = 1, int spread = 1) =>
                net.Relu($"{name}.relu{index}", Norm($"{name}.bn{index}", net.Conv($"{name}.conv{index}", read, inner, kernel, step, bias: false, dilation: spread)));
        }

        private string Norm(string name, string input) => net.Add(Frozen ? new FrozenBatchNorm(name, [input]) : new BatchNorm(name, [input]));
    }
}
