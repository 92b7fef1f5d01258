using CsCheck;
using Neuro.Client.Api;
using Neuro.Learning.Compression;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Compression;

public sealed class PruningTests
{
    [Theory]
    [InlineData("small-cnn", 2)]
    [InlineData("recogniser", 3)]
    [InlineData("resnet18", 2)]
    [InlineData("resnet18", 3)]
    [InlineData("resnet50", 2)]
    [InlineData("mobilenet-v2", 2)]
    [InlineData("squeezenet1.1", 2)]
    [InlineData("googlenet", 3)]
    [InlineData("vgg16", 3)]
    [InlineData("yolo-nano", 2)]
    [InlineData("segnet", 2)]
    public void Prune_ZooModel_ComputesWhatTheMaskedModelDoes(string model, double reduction)
    {
        var spec = Scrambled.Zoo(model);
        var weights = Scrambled.Weights(spec);
        var options = new PruningOptions { Reduction = reduction, Multiple = 2, LeastKept = 0.1 };
        var graph = new ChannelGraph(spec);

        var (small, left) = Pruning.Prune(spec, weights, "small", options);

        (spec.Macs / (double)small.Macs).ShouldBeInRange(reduction, 1.3 * reduction);
        WeightLayout.Check(small, left);
        Scrambled.Difference(spec, Masked(spec, weights, graph, Pruning.Choose(spec, weights, graph, options)), small, left).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Prune_RandomGraph_ComputesWhatTheMaskedModelDoes() => Gen.Int[0, 1 << 20].Sample(
        seed =>
        {
            var spec = RandomGraph(new Random(seed));
            var (weights, graph, random) = (Scrambled.Weights(spec, seed), new ChannelGraph(spec), new Random(seed + 1));
            // Any choice must be right, not only that of the least important.
            HashSet<int> removed = [.. graph.Families.SelectMany(family => family.Groups.Skip(1)).Where(_ => random.Next(2) == 0)];
            var surgery = new ChannelSurgery(spec, graph, removed);
            var small = surgery.Spec("small");

            Scrambled.Difference(spec, Masked(spec, weights, graph, removed), small, surgery.Weights(weights)).ShouldBeLessThan(1e-5);
        },
        iter: 40, threads: 1);

    [Fact]
    public void Families_ResidualStage_GoTogether()
    {
        var graph = new ChannelGraph(Model.ResNet18(5, 64));

        // The stem, and what each block of the first stage adds to it.
        graph.Families.Single(family => family.Makers.Contains("conv1")).Makers.ShouldBe(["conv1", "layer1.0.conv2", "layer1.1.conv2"]);
        graph.Families.Single(family => family.Makers.Contains("layer2.0.conv2")).Makers
            .ShouldBe(["layer2.0.conv2", "layer2.0.downsample.0", "layer2.1.conv2"], ignoreOrder: true);
        graph.Families.Single(family => family.Makers.Contains("layer1.0.conv1")).Makers.ShouldBe(["layer1.0.conv1"]);
        graph.Families.ShouldNotContain(family => family.Makers.Contains("fc"));
    }

    [Fact]
    public void Families_DepthwiseConvolution_GoesWithWhatItReads()
    {
        var graph = new ChannelGraph(Model.MobileNetV2(5, 64));

        graph.Families.ShouldContain(family => family.Makers.SequenceEqual(new[] { "features.2.conv.0.0", "features.2.conv.1.0" }));
    }

    [Fact]
    public void Prune_FilterOfZeros_GoesFirst()
    {
        var net = new ModelBuilder();
        net.Head("logits", net.ConvRelu("b", net.ConvRelu("a", ModelSpec.InputName, 4, 3), 4, 3), 2, 0);
        var spec = net.Build("two", [3, 16, 16], 2);
        var weights = Scrambled.Weights(spec);
        var (a, b) = (weights["a.weight"], weights["b.weight"]);
        // Channel 2 of a: what makes it, and what reads it.
        a.Values.AsSpan(2 * 27, 27).Clear();
        for (var filter = 0; filter < 4; filter++)
        {
            b.Values.AsSpan(((filter * 4) + 2) * 9, 9).Clear();
        }

        var (small, left) = Pruning.Prune(spec, weights, "small", new() { Reduction = 1.01, Multiple = 1 });

        small.Layers.OfType<Conv2d>().Select(conv => conv.Out).ShouldBe([3, 4]);
        left["a.weight"].Values.ShouldBe([.. a.Values[..54], .. a.Values[81..]]);
    }

    [Fact]
    public void Prune_Multiple_IsKept()
    {
        var spec = Model.SmallCnn(5, 64);

        var (small, _) = Pruning.Prune(spec, Scrambled.Weights(spec), "small", new() { Reduction = 3 });

        small.Layers.OfType<Conv2d>().ShouldAllBe(conv => conv.Out % 8 == 0);
        small.Layers.OfType<Linear>().Single().Out.ShouldBe(5);
    }

    [Fact]
    public void Prune_Parameters_AreCounted()
    {
        var spec = Scrambled.Zoo("vgg16");

        var (small, _) = Pruning.Prune(spec, Scrambled.Weights(spec), "small", new() { Reduction = 3, Cost = ModelCost.Parameters });

        (spec.Parameters / (double)small.Parameters).ShouldBeInRange(3, 4);
    }

    [Fact]
    public void Prune_MoreThanCanGo_SaysHowMuchCan()
    {
        var spec = Model.SmallCnn(5, 32);

        var error = Should.Throw<NeuroException>(() => Pruning.Prune(spec, Scrambled.Weights(spec), "small", new() { Reduction = 500 }));

        error.Code.ShouldBe("pruning.out_of_reach");
        error.Message.ShouldContain("500 times");
        var most = double.Parse(error.Message.Split("it is ")[1].Split(" times")[0], System.Globalization.CultureInfo.InvariantCulture);
        Pruning.Prune(spec, Scrambled.Weights(spec), "small", new() { Reduction = most });
    }

    [Theory]
    [InlineData(1, 8, 0.1, "reduction is 1;")]
    [InlineData(double.NaN, 8, 0.1, "reduction is NaN;")]
    [InlineData(2, 0, 0.1, "multiple is 0;")]
    [InlineData(2, 8, 0, "least kept share is 0;")]
    public void Prune_OptionOutOfRange_IsNamed(double reduction, int multiple, double least, string says)
    {
        var spec = Model.SmallCnn(5, 32);

        var error = Should.Throw<NeuroException>(() => Pruning.Prune(
            spec, Scrambled.Weights(spec), "small", new() { Reduction = reduction, Multiple = multiple, LeastKept = least }));

        error.Code.ShouldBe("pruning.out_of_range");
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void Prune_ModelOfRegions_IsRefused()
    {
        var spec = Model.MaskRcnn(4, 64, 0.125);

        Should.Throw<NeuroException>(() => Pruning.Prune(spec, Scrambled.Weights(spec), "small")).Code.ShouldBe("pruning.by_regions");
    }

    /// <summary>The whole model with zeros wherever a weight makes or reads a channel that goes.</summary>
    private static Dictionary<string, TensorValues> Masked(
        ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, ChannelGraph graph, IReadOnlySet<int> removed)
    {
        var masked = weights.ToDictionary(pair => pair.Key, pair => pair.Value with { Values = [.. pair.Value.Values] });
        foreach (var layer in spec.Layers)
        {
            foreach (var weight in layer.Weights(spec.ShapeOf(layer.Inputs[0])).Where(weight => !weight.Name.EndsWith("running_var", StringComparison.Ordinal)))
            {
                var (values, made, read) = (masked[weight.Name].Values, graph[layer.Name], graph[layer.Inputs[0]]);
                var each = values.Length / (int)weight.Shape[0];
                for (var i = 0; i < values.Length; i++)
                {
                    var (first, second) = (i / each, weight.Shape.Length == 1 ? 0 : i % each / (each / (int)weight.Shape[1]));
                    var goes = weight.Shape.Length == 1 ? removed.Contains(made[first])
                        : layer is ConvTranspose2d ? removed.Contains(read[first]) || removed.Contains(made[second])
                        : removed.Contains(made[first]) || (layer is not Conv2d { Groups: > 1 } && removed.Contains(read[second]));
                    values[i] = goes ? 0 : values[i];
                }
            }
        }

        return masked;
    }

    /// <summary>Convolutions of all kinds, sums, products, concatenations, pools, in any order that fits, then a head.</summary>
    private static ModelSpec RandomGraph(Random random)
    {
        var net = new ModelBuilder();
        var made = new List<(string Name, int Channels)> { (net.Conv("first", ModelSpec.InputName, 4, 3), 4) };
        for (var i = 0; i < 10; i++)
        {
            made.Add(Next(net, $"layer{i}", made, random));
        }

        var all = net.Concat("all", [.. made.Select(one => one.Name)]);
        var flat = net.Add(new Flatten("flat", [net.Add(new AdaptiveAvgPool("cells", [all], 2))]));
        net.Add(new Linear("logits", [net.LinearRelu("hidden", flat, 6)], 3));
        return net.Build("random", [3, 8, 8], 3);
    }

    private static (string Name, int Channels) Next(ModelBuilder net, string name, List<(string Name, int Channels)> made, Random random)
    {
        var ((x, channels), any) = (made[random.Next(made.Count)], made[random.Next(made.Count)]);
        var same = made.Where(one => one.Channels == channels).ToList();
        var other = same[random.Next(same.Count)].Name;
        switch (random.Next(9))
        {
            case 0: return (net.Conv(name, x, channels, 3, groups: channels), channels);
            case 1 when channels < 16: return (net.Conv(name, x, 2 * channels, 3, groups: channels, bias: false), 2 * channels);
            case 2: return (net.Add(new BatchNorm(name, [x])), channels);
            case 3: return (net.Add(new Add(name, [x, other])), channels);
            case 4: return (net.Add(new Multiply(name, [x, net.Add(new Sigmoid($"{name}-gate", [other]))])), channels);
            case 5 when channels + any.Channels < 32: return (net.Concat(name, x, any.Name), channels + any.Channels);
            case 6: return (net.Add(new MaxPool(name, [x], 3, 1, 1)), channels);
            case 7: return (net.Add(new ConvTranspose2d(name, [x], 6, 3, 1, 1, true)), 6);
            default:
                var width = 3 + random.Next(4);
                return (net.ConvRelu(name, x, width, 3), width);
        }
    }
}
