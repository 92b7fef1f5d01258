using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

/// <summary>Ready model specs.</summary>
public static class Zoo
{
    /// <summary>A residual network (He et al. 2016) small enough for minutes on two cores: four stages at 1/2, 1/4, 1/8 and 1/16 of the side.</summary>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="size">Side of the square input in pixels, 32 or more.</param>
    public static ModelSpec SmallCnn(int classes, int size = 64) => SmallCnn(classes, size, [32, 64, 128, 256]);

    /// <summary>A residual network as <see cref="SmallCnn(int, int)"/>, but at a quarter of the side from the start: for larger pictures at the same cost.</summary>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="size">Side of the square input in pixels, 64 or more.</param>
    public static ModelSpec Recogniser(int classes, int size = 128) => Recogniser(classes, size, [32, 64, 128, 256]);

    internal static ModelSpec Recogniser(int classes, int size, int[] widths)
    {
        var net = new LayerList();
        var x = net.ConvNorm("stem", ModelSpec.InputName, widths[0], 3, 2, relu: true);
        for (var stage = 0; stage < widths.Length; stage++)
        {
            x = net.Residual($"stage{stage + 1}", x, widths[Math.Max(0, stage - 1)], widths[stage], 2);
        }

        net.Add(new GlobalAvgPool("pool", [x]));
        net.Add(new Flatten("features", ["pool"]));
        net.Add(new Dropout("dropout", ["features"], 0.1));
        net.Add(new Linear("logits", ["dropout"], classes));
        return new ModelSpec("recogniser", [3, size, size], classes, net);
    }

    internal static ModelSpec SmallCnn(int classes, int size, int[] widths)
    {
        var net = new LayerList();
        var x = net.ConvNorm("stem", ModelSpec.InputName, widths[0], 3, 2, relu: true);
        x = net.Residual("stage1", x, widths[0], widths[0], 1);
        for (var stage = 1; stage < widths.Length; stage++)
        {
            x = net.Residual($"stage{stage + 1}", x, widths[stage - 1], widths[stage], 2);
        }

        net.Add(new GlobalAvgPool("pool", [x]));
        net.Add(new Flatten("features", ["pool"]));
        net.Add(new Dropout("dropout", ["features"], 0.1));
        net.Add(new Linear("logits", ["dropout"], classes));
        return new ModelSpec("small-cnn", [3, size, size], classes, net);
    }

    private sealed class LayerList : List<Layer>
    {
        public string Residual(string name, string input, int from, int to, int stride)
        {
            var first = ConvNorm($"{name}-a", input, to, 3, stride, relu: true);
            var second = ConvNorm($"{name}-b", first, to, 3, 1, relu: false);
            var shortcut = stride == 1 && from == to ? input : ConvNorm($"{name}-skip", input, to, 1, stride, relu: false);
            Add(new Add($"{name}-sum", [second, shortcut]));
            Add(new Relu(name, [$"{name}-sum"]));
            return name;
        }

        public string ConvNorm(string name, string input, int width, int kernel, int stride, bool relu)
        {
            Add(new Conv2d($"{name}-conv", [input], width, kernel, stride, kernel / 2, 1, Bias: false));
            Add(new BatchNorm($"{name}-norm", [$"{name}-conv"]));
            if (relu)
            {
                Add(new Relu(name, [$"{name}-norm"]));
            }

            return relu ? name : $"{name}-norm";
        }
    }
}
