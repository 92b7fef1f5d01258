using Neuro.Client.Api;
using Neuro.Learning.Detection;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using TorchSharp;
using static TorchSharp.torch;
using RoiAlign = Neuro.Learning.Specs.RoiAlign;
using F = TorchSharp.torch.nn.functional;

namespace Neuro.Learning.Training;

/// <summary>A spec with weights in libtorch: the forward pass, and the tensors that an optimiser changes.</summary>
/// <remarks>
/// Pictures come as bytes <c>[N, H, W, 3]</c>, seen as <c>[N, 3, H, W]</c> in channels-last order, the order in which convolutions are fastest on a CPU.
/// Mixed precision (Micikevicius et al. 2018): weights stay in fp32; convolutions read a bfloat16 copy made in each pass, through which gradients flow back. bfloat16 has fp32's range, so no loss scaling is needed.
/// </remarks>
internal sealed class Network : IDisposable
{
    private readonly ModelSpec spec;
    private readonly Dictionary<string, Tensor> tensors = [];

    /// <summary>The pools whose indices are asked for.</summary>
    private readonly HashSet<string> unpooled;

    /// <summary>What the names of layers that stay as they are begin with.</summary>
    private IReadOnlyList<string> frozen = [];

    /// <summary>New weights from a seed: He normal for what precedes a ReLU (He et al. 2015, eq. 10), 1 and 0 for normalisation.</summary>
    public Network(ModelSpec spec, ulong seed, Device? device = null)
        : this(spec, Initial(spec, seed), device)
    {
    }

    /// <param name="device">Where it computes; its pictures must be there too. The processor if left out.</param>
    public Network(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, Device? device = null)
    {
        WeightLayout.Check(spec, weights);
        this.spec = spec;
        unpooled = Unpooled(spec);
        foreach (var weight in WeightLayout.Of(spec))
        {
            tensors[weight.Name] = tensor(weights[weight.Name].Values, weight.Shape, device: device).DetachFromDisposeScope();
            tensors[weight.Name].requires_grad = weight.Trained;
        }
    }

    private Network(Network of)
    {
        spec = of.spec;
        unpooled = of.unpooled;
        frozen = of.frozen;
        foreach (var (name, shared) in of.tensors)
        {
            // A detached tensor has the same memory but a gradient of its own; running statistics are written, so each network has its own.
            tensors[name] = (shared.requires_grad ? shared.detach() : shared.detach().clone()).DetachFromDisposeScope();
            tensors[name].requires_grad = shared.requires_grad;
        }
    }

    /// <summary>Keeps layers as they are, normalisation too. To be called before replicas are made.</summary>
    /// <exception cref="NeuroException"><c>training.frozen_unknown</c>, <c>training.all_frozen</c>.</exception>
    public void Freeze(IReadOnlyList<string> beginnings)
    {
        if (beginnings.FirstOrDefault(beginning => !tensors.Keys.Any(name => name.StartsWith(beginning, StringComparison.Ordinal))) is { } unknown)
        {
            throw new NeuroException("training.frozen_unknown",
                $"No layer with weights has a name that begins with '{unknown}'; those of '{spec.Name}' begin with {string.Join(", ", tensors.Keys.Select(name => name.Split('.')[0]).Distinct().Take(12))}.");
        }

        frozen = beginnings;
        foreach (var name in tensors.Keys.Where(IsFrozen))
        {
            tensors[name].requires_grad = false;
        }

        if (!Trained.Any())
        {
            throw new NeuroException("training.all_frozen", $"All layers of '{spec.Name}' are frozen by {string.Join(", ", beginnings)}; nothing is left to train.");
        }
    }

    /// <summary>Moves all weights and statistics a share of the way to another network's.</summary>
    public void MoveTowards(Network other, double share)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, own) in tensors)
        {
            own.lerp_(other.tensors[name], tensor((float)share, device: own.device));
        }
    }

    /// <summary>Shortens all gradients together to a norm.</summary>
    public void ClipGradients(double norm)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var gradients = Trained.Select(pair => pair.Value.grad!).ToList();
        // Not square(): that is a power of a number made in passing, see TensorMath.
        var length = Math.Sqrt(gradients.Sum(gradient => (gradient * gradient).sum().item<float>()));
        if (length > norm)
        {
            using Scalar share = norm / length;
            gradients.ForEach(gradient => gradient.mul_(share));
        }
    }

    /// <summary>A second network that computes with this one's weights, as they change, on another thread.</summary>
    public Network Replica() => new(this);

    /// <summary>Adds the gradients of replicas to this network's own, in their order, and clears theirs.</summary>
    public void GatherGradients(IEnumerable<Network> replicas)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Scalar once = 1;
        foreach (var replica in replicas)
        {
            foreach (var (name, weight) in Trained)
            {
                weight.grad!.add_(replica.tensors[name].grad!, once);
                replica.tensors[name].grad = null;
            }
        }
    }

    /// <summary>Gives this network and its replicas the mean of their running statistics.</summary>
    public void ShareStatistics(IReadOnlyList<Network> replicas)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Scalar once = 1, networks = replicas.Count + 1;
        foreach (var (name, own) in tensors.Where(pair => !pair.Value.requires_grad && !IsFrozen(pair.Key)))
        {
            foreach (var replica in replicas)
            {
                own.add_(replica.tensors[name], once);
            }

            own.div_(networks);
            foreach (var replica in replicas)
            {
                replica.tensors[name].copy_(own);
            }
        }
    }

    /// <summary>What the optimiser changes, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Trained => tensors.Where(pair => pair.Value.requires_grad);

    /// <summary>Logits in fp32, <c>[N, classes]</c> of a classifier, of pictures <c>[N, H, W, 3]</c> as bytes.</summary>
    /// <param name="pixels">The pictures.</param>
    /// <param name="bfloat16">Whether convolutions compute in bfloat16.</param>
    /// <param name="training">When training, what dropout draws from; none otherwise.</param>
    public Tensor Forward(Tensor pixels, bool bfloat16, Generator? training = null) => Outputs(pixels, bfloat16, training)[TaskOutputs.Logits];

    /// <summary>Every output of the spec by its name, in fp32.</summary>
    /// <param name="regions">Takes down, and in training changes, what layers of regions give.</param>
    public IReadOnlyDictionary<string, Tensor> Outputs(Tensor pixels, bool bfloat16, Generator? training = null, RegionPass? regions = null)
    {
        regions ??= new();
        var compute = bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        using var mean = PerChannel(spec.InputMean, pixels.device);
        using var deviation = PerChannel(spec.InputDeviation, pixels.device);
        var values = new Dictionary<string, Tensor>
        {
            [ModelSpec.InputName] = pixels.permute(0, 3, 1, 2).to(ScalarType.Float32).sub_(mean).div_(deviation).to(compute),
        };
        var indices = new Dictionary<string, Tensor>();
        foreach (var layer in spec.Layers)
        {
            values[layer.Name] = layer switch
            {
                MaxPool p when unpooled.Contains(p.Name) => PoolWithIndices(p, values[p.Inputs[0]], indices),
                MaxUnpool u => Unpool(values[u.Inputs[0]], indices[u.Inputs[1]], spec.ShapeOf(u.Name)),
                Proposals p => Corners(regions.Keep(p, RegionLayers.Propose(p, spec, Read(p))), pixels.device),
                Detections d => Corners(regions.Keep(d, Detect(d, regions, (int)pixels.shape[0], Read(d))), pixels.device),
                RoiAlign r => RegionLayers.Pool(r, spec, regions.Of(r.Inputs[0]), Read(r)[1..]).to(compute),
                _ => Apply(layer, Read(layer), training, compute),
            };
        }

        return spec.Outputs.ToDictionary(output => output.Key, output => values[output.Value].to(ScalarType.Float32));

        Tensor[] Read(Layer layer) => [.. layer.Inputs.Select(name => values[name])];
    }

    private Regions Detect(Detections layer, RegionPass regions, int pictures, Tensor[] x) => Regions.From(RegionLayers.Detect(
        regions.Of(layer.Inputs[0]), pictures, spec, x[1], x[2], new() { Iou = (float)layer.Overlap, Score = (float)layer.Score, Kept = layer.Count }));

    private static Tensor Corners(Regions regions, Device device) => tensor(regions.Corners, [regions.Count, 4], device: device);

    /// <summary>A copy of all weights, out of libtorch.</summary>
    public Dictionary<string, TensorValues> Weights() => tensors.ToDictionary(pair => pair.Key, pair => Values(pair.Value));

    public static TensorValues Values(Tensor tensor)
    {
        using var copy = tensor.detach().cpu().contiguous();
        // Of nothing, such as the regions of a picture that shows none, TorchSharp makes no array.
        return new(copy.shape, copy.numel() == 0 ? [] : copy.data<float>().ToArray());
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
        {
            tensor.Dispose();
        }
    }

    private static HashSet<string> Unpooled(ModelSpec spec) => [.. spec.Layers.OfType<MaxUnpool>().Select(layer => layer.Inputs[1])];

    private static Tensor PerChannel(IReadOnlyList<float> values, Device device) => tensor(values.ToArray(), [1, values.Count, 1, 1], device: device);

    private static Tensor PoolWithIndices(MaxPool p, Tensor x, Dictionary<string, Tensor> indices)
    {
        var (pooled, taken) = F.max_pool2d_with_indices(x, Sides(p.Kernel), Sides(p.Stride), Sides(p.Padding), ceil_mode: p.Ceil);
        indices[p.Name] = taken;
        return pooled;
    }

    /// <summary>Each value at its index in an empty plane.</summary>
    private static Tensor Unpool(Tensor x, Tensor indices, TensorShape to) =>
        x.new_zeros(x.shape[0], to.Channels, (long)to.Height * to.Width).scatter(2, indices.flatten(2), x.flatten(2)).view(x.shape[0], to.Channels, to.Height, to.Width);

    private Tensor Apply(Layer layer, Tensor[] x, Generator? training, ScalarType compute) => layer switch
    {
        Conv2d c => F.conv2d(x[0], Cast($"{c.WeightsOf}.weight", compute), c.Bias ? Cast($"{c.WeightsOf}.bias", compute) : null, Sides(c.Stride), Sides(c.Padding), Sides(c.Dilation), c.Groups),
        ConvTranspose2d c => F.conv_transpose2d(x[0], Cast($"{c.Name}.weight", compute), c.Bias ? Cast($"{c.Name}.bias", compute) : null, Sides(c.Stride), Sides(c.Padding)),
        BatchNorm b => Normalise(b.Name, x[0], training is not null, b.Epsilon),
        FrozenBatchNorm b => Normalise(b.Name, x[0], training: false, b.Epsilon),
        L2Norm n => x[0] / Clamp(x[0].to(ScalarType.Float32).norm(1, keepdim: true, p: 2), L2Norm.Epsilon, float.MaxValue).to(x[0].dtype) * Cast($"{n.Name}.weight", compute).view(1, -1, 1, 1),
        Relu => F.relu(x[0]),
        Relu6 => Clamp(x[0], 0, 6),
        Silu => F.silu(x[0]),
        Sigmoid => x[0].sigmoid(),
        Tanh => x[0].tanh(),
        MaxPool p => F.max_pool2d(x[0], Sides(p.Kernel), Sides(p.Stride), Sides(p.Padding), ceil_mode: p.Ceil),
        AvgPool p => F.avg_pool2d(x[0], Sides(p.Kernel), Sides(p.Stride)),
        AdaptiveAvgPool p => F.adaptive_avg_pool2d(x[0], Sides(p.Size)),
        GlobalAvgPool => x[0].mean([2, 3], keepdim: true),
        Upsample u => F.interpolate(x[0], size: Sides(u.Size), mode: u.Mode == Interpolation.Nearest ? InterpolationMode.Nearest : InterpolationMode.Bilinear,
            align_corners: u.Mode == Interpolation.Nearest ? null : false),
        Pad p => F.pad(x[0], [p.Left, p.Right, p.Top, p.Bottom]),
        Flatten => x[0].flatten(1),
        // The scores are few and their differences matter: always fp32.
        Linear l => F.linear(x[0].to(ScalarType.Float32), tensors[$"{l.Name}.weight"], l.Bias ? tensors[$"{l.Name}.bias"] : null),
        Dropout d => training is null ? x[0] : x[0] * Kept(x[0], d.Rate, training),
        Add => Sum(x[0], x[1]),
        Multiply => x[0] * x[1],
        Concat => cat(x, 1),
        _ => throw new NeuroException("model.unknown_layer", $"Layer '{layer.Name}' ({layer.Type}) cannot be trained here."),
    };

    private Tensor Normalise(string name, Tensor x, bool training, double epsilon) =>
        F.batch_norm(x, tensors[$"{name}.running_mean"], tensors[$"{name}.running_var"], tensors[$"{name}.weight"], tensors[$"{name}.bias"], training && !IsFrozen(name), BatchNorm.Momentum, epsilon);

    private bool IsFrozen(string name) => frozen.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    private static long[] Sides(Pair pair) => [pair.Height, pair.Width];

    // Not made in passing: see AdamW. What adds two tensors has a factor, too.
    internal static Tensor Sum(Tensor left, Tensor right) => left.Plus(right);

    private static Tensor Clamp(Tensor x, float least, float most)
    {
        using Scalar low = least, high = most;
        return x.clamp(low, high);
    }

    private static Tensor Kept(Tensor like, double rate, Generator random)
    {
        using Scalar limit = rate, share = 1 - rate;
        return rand(like.shape, generator: random).to(like.device).ge(limit).to(like.dtype).div_(share);
    }

    private Tensor Cast(string name, ScalarType compute) => tensors[name].to(compute);

    /// <summary>The weights that training starts from.</summary>
    public static Dictionary<string, TensorValues> Initial(ModelSpec spec, ulong seed) =>
        WeightLayout.Of(spec).ToDictionary(weight => weight.Name, weight => IsRareClass(spec, weight) ? RareClass(weight) : Initial(weight, seed, IsOutput(spec, weight)));

    /// <summary>Whether it makes an output: small at first, so that training starts from even odds and unmoved boxes.</summary>
    private static bool IsOutput(ModelSpec spec, Weight weight) => spec.Outputs.Values.Any(layer => weight.Name == $"{layer}.weight");

    /// <summary>Whether it is the bias of class logits on a grid without a background class: nearly all of them are to say no.</summary>
    private static bool IsRareClass(ModelSpec spec, Weight weight) =>
        spec.IsAnchorFree && spec.Outputs.Any(output => output.Key.StartsWith("class.", StringComparison.Ordinal) && weight.Name == $"{output.Value}.bias");

    /// <summary>The logit of 1 % (Lin et al. 2017, focal loss, section 4.1).</summary>
    private static TensorValues RareClass(Weight weight) => new(weight.Shape, [.. Enumerable.Repeat(-MathF.Log(99), (int)weight.Count)]);

    private static TensorValues Initial(Weight weight, ulong seed, bool output)
    {
        var values = new float[weight.Count];
        if (weight.Start is { } start)
        {
            Array.Fill(values, start);
            return new(weight.Shape, values);
        }

        var random = SplitMix.For(seed, SplitMix.Of(weight.Name));
        // What is linear gives the logits, or is about to.
        var deviation = weight.Shape.Length == 4 && !output ? Math.Sqrt(2.0 / (weight.Shape[0] * weight.Shape[2] * weight.Shape[3])) : 0.01;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(random.Normal() * deviation);
        }

        return new(weight.Shape, values);
    }
}
