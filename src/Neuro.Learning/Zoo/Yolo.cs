using Neuro.Learning.Specs;

namespace Neuro.Learning.Zoo;

public static partial class Zoo
{
    /// <summary>The one-stage detector of <see cref="Yolo"/> at an eighth of the width, for minutes on a CPU.</summary>
    public static ModelSpec YoloTiny(int classes = 80, int size = 128, double width = 1) => Yolo("yolo-tiny", classes, size, 0.125 * width, 1);

    /// <summary>The one-stage detector of <see cref="Yolo"/> at a quarter of the width.</summary>
    public static ModelSpec YoloNano(int classes = 80, int size = 640, double width = 1) => Yolo("yolo-nano", classes, size, 0.25 * width, 1);

    /// <summary>The one-stage detector of <see cref="Yolo"/> at half the width.</summary>
    public static ModelSpec YoloSmall(int classes = 80, int size = 640, double width = 1) => Yolo("yolo-small", classes, size, 0.5 * width, 1);

    /// <summary>
    /// An anchor-free one-stage detector of our own layout. A backbone of cross-stage partial blocks (Wang et al. 2020) at strides 2 to 32 and pooling pyramid (SPPF) at its end; a path aggregation neck
    /// (Liu et al. 2018) down and up again; at strides 8, 16 and 32 a decoupled head (Ge et al. 2021): two convolutions to one class logit per class, two others to the distances l, t, r, b from a cell's
    /// centre to the box's sides in units of the stride (before a softplus), and a centre-ness logit (Tian et al. 2019).
    /// </summary>
    private static ModelSpec Yolo(string name, int classes, int size, double width, int depth)
    {
        var net = new ModelBuilder();
        int W(int full) => Channels(full, width);
        var x = Unit("backbone.stem", ModelSpec.InputName, W(64), 3, 2);
        var stages = new List<string>();
        foreach (var (stage, channels, repeats) in ((int, int, int)[])[(1, 128, depth), (2, 256, 2 * depth), (3, 512, 2 * depth), (4, 1024, depth)])
        {
            x = Unit($"backbone.down{stage}", x, W(channels), 3, 2);
            x = Partial($"backbone.stage{stage}", x, W(channels), repeats, shortcut: true);
            stages.Add(x);
        }

        var (fine, middle, coarse) = (stages[1], stages[2], PoolPyramid("backbone.pyramid", x, W(1024)));
        var (s8, s16) = (Halved(size, 3), Halved(size, 4));
        var top = Unit("neck.reduce16", coarse, W(512), 1);
        var mid = Partial("neck.down16", net.Concat("neck.concat16", Larger("neck.up16", top, s16), middle), W(512), depth, shortcut: false);
        var midNarrow = Unit("neck.reduce8", mid, W(256), 1);
        var low = Partial("neck.down8", net.Concat("neck.concat8", Larger("neck.up8", midNarrow, s8), fine), W(256), depth, shortcut: false);
        mid = Partial("neck.up-mix16", net.Concat("neck.back16", Unit("neck.stride16", low, W(256), 3, 2), midNarrow), W(512), depth, shortcut: false);
        var high = Partial("neck.up-mix32", net.Concat("neck.back32", Unit("neck.stride32", mid, W(512), 3, 2), top), W(1024), depth, shortcut: false);

        var outputs = new Dictionary<string, string>();
        string[] levels = [low, mid, high];
        for (var k = 0; k < levels.Length; k++)
        {
            var shared = Unit($"head{k}.stem", levels[k], W(256), 1);
            var scores = Unit($"head{k}.class.1", Unit($"head{k}.class.0", shared, W(256), 3), W(256), 3);
            var boxes = Unit($"head{k}.box.1", Unit($"head{k}.box.0", shared, W(256), 3), W(256), 3);
            outputs[$"class.{k}"] = net.Conv($"head{k}.class.logits", scores, classes, 1);
            outputs[$"box.{k}"] = net.Conv($"head{k}.box.distances", boxes, 4, 1);
            outputs[$"objectness.{k}"] = net.Conv($"head{k}.box.centreness", boxes, 1, 1);
        }

        return net.Build(name, Square(size), classes, ModelTask.Detect, outputs);

        string Unit(string unit, string input, int channels, int kernel, int stride = 1) =>
            net.Add(new Silu($"{unit}.silu", [net.Add(new BatchNorm($"{unit}.norm", [net.Conv($"{unit}.conv", input, channels, kernel, stride, bias: false)]))]));

        string Larger(string unit, string input, int side) => net.Add(new Upsample(unit, [input], side, Interpolation.Nearest));

        // Half of the channels go through the bottlenecks, the other half past them.
        string Partial(string unit, string input, int channels, int repeats, bool shortcut)
        {
            var y = Unit($"{unit}.in", input, channels / 2, 1);
            for (var i = 0; i < repeats; i++)
            {
                var inner = Unit($"{unit}.block{i}.b", Unit($"{unit}.block{i}.a", y, channels / 2, 1), channels / 2, 3);
                y = shortcut ? net.Add(new Add($"{unit}.block{i}.sum", [y, inner])) : inner;
            }

            return Unit($"{unit}.out", net.Concat($"{unit}.concat", y, Unit($"{unit}.past", input, channels / 2, 1)), channels, 1);
        }

        string PoolPyramid(string unit, string input, int channels)
        {
            var narrow = Unit($"{unit}.in", input, channels / 2, 1);
            var once = net.MaxPool($"{unit}.pool1", narrow, 5, 1, 2);
            var twice = net.MaxPool($"{unit}.pool2", once, 5, 1, 2);
            return Unit($"{unit}.out", net.Concat($"{unit}.concat", narrow, once, twice, net.MaxPool($"{unit}.pool3", twice, 5, 1, 2)), channels, 1);
        }
    }
}
