using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

public static partial class Zoo
{
    /// <summary>
    /// A WaveNet (van den Oord et al. 2016) on a signal of µ-law codes <c>[1, 1, T]</c>: the logits at step t are of the code at t + 1 and see the codes up to t.
    /// A stack of convolutions of two taps whose dilations double, gated tanh · sigmoid (eq. 2), with residual and skip sums.
    /// </summary>
    /// <param name="classes">Codes; 256 of µ-law.</param>
    /// <param name="steps">Length of the signal, T.</param>
    /// <param name="width">Scales the 32 channels of the residual path and the 128 of the skip path.</param>
    /// <param name="layers">Layers of a stack: dilations 1, 2, 4, … 2^(layers − 1).</param>
    /// <param name="stacks">Stacks, one after the other.</param>
    public static ModelSpec WaveNet(int classes = 256, int steps = 4096, double width = 1, int layers = 8, int stacks = 1)
    {
        var (residual, skip) = (Channels(32, width), Channels(128, width));
        var net = new ModelBuilder();
        var x = Causal("front", ModelSpec.InputName, residual, 1);
        var sum = "";
        for (var i = 0; i < layers * stacks; i++)
        {
            var name = $"block{i}";
            var dilation = 1 << i % layers;
            var delayed = net.Add(new Pad($"{name}.past", [x], 0, dilation, 0, 0));
            var filter = net.Add(new Tanh($"{name}.tanh", [net.Conv($"{name}.filter", delayed, residual, new Pair(1, 2), padding: 0, dilation: dilation)]));
            var gate = net.Add(new Sigmoid($"{name}.sigmoid", [net.Conv($"{name}.gate", delayed, residual, new Pair(1, 2), padding: 0, dilation: dilation)]));
            var gated = net.Add(new Multiply($"{name}.gated", [filter, gate]));
            var heard = net.Conv($"{name}.skip", gated, skip, 1);
            sum = i == 0 ? heard : net.Add(new Add($"{name}.skips", [sum, heard]));
            // The last block's residual would be read by nothing.
            if (i < layers * stacks - 1)
            {
                x = net.Add(new Add($"{name}.sum", [x, net.Conv($"{name}.residual", gated, residual, 1)]));
            }
        }

        var end = net.ConvRelu("end.0", net.Relu("end.relu", sum), skip, 1);
        net.Conv("end.1", end, classes, 1);
        return net.Build("wavenet", [1, 1, steps], classes, ModelTask.Signal);

        string Causal(string name, string input, int channels, int dilation) =>
            net.Conv(name, net.Add(new Pad($"{name}.past", [input], 0, dilation, 0, 0)), channels, new Pair(1, 2), padding: 0, dilation: dilation);
    }
}
