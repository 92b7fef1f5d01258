using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using TorchSharp;
using static TorchSharp.torch;
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

    /// <summary>New weights from a seed: He normal for what precedes a ReLU (He et al. 2015, eq. 10), 1 and 0 for normalisation.</summary>
    public Network(ModelSpec spec, ulong seed)
        : this(spec, WeightLayout.Of(spec).ToDictionary(weight => weight.Name, weight => Initial(weight.Name, weight.Shape, seed)))
    {
    }

    public Network(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights)
    {
        WeightLayout.Check(spec, weights);
        this.spec = spec;
        foreach (var (name, shape) in WeightLayout.Of(spec))
        {
            tensors[name] = tensor(weights[name].Values, shape).DetachFromDisposeScope();
            tensors[name].requires_grad = IsTrained(name);
        }
    }

    private Network(Network of)
    {
        spec = of.spec;
        foreach (var (name, shared) in of.tensors)
        {
            // A detached tensor has the same memory but a gradient of its own; running statistics are written, so each network has its own.
            tensors[name] = (IsTrained(name) ? shared.detach() : shared.detach().clone()).DetachFromDisposeScope();
            tensors[name].requires_grad = IsTrained(name);
        }
    }

    /// <summary>A second network that computes with this one's weights, as they change, on another thread.</summary>
    public Network Replica() => new(this);

    /// <summary>Adds the gradients of replicas to this network's own, in their order, and clears theirs.</summary>
    public void GatherGradients(IEnumerable<Network> replicas)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var replica in replicas)
        {
            foreach (var (name, weight) in Trained)
            {
                weight.grad!.add_(replica.tensors[name].grad!);
                replica.tensors[name].grad = null;
            }
        }
    }

    /// <summary>Gives this network and its replicas the mean of their running statistics.</summary>
    public void ShareStatistics(IReadOnlyList<Network> replicas)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Scalar networks = replicas.Count + 1;
        foreach (var (name, own) in tensors.Where(pair => !IsTrained(pair.Key)))
        {
            foreach (var replica in replicas)
            {
                own.add_(replica.tensors[name]);
            }

            own.div_(networks);
            foreach (var replica in replicas)
            {
                replica.tensors[name].copy_(own);
            }
        }
    }

    /// <summary>What the optimiser changes, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Trained => tensors.Where(pair => IsTrained(pair.Key));

    /// <summary>Logits <c>[N, classes]</c> in fp32 of pictures <c>[N, H, W, 3]</c> as bytes.</summary>
    /// <param name="pixels">The pictures.</param>
    /// <param name="bfloat16">Whether convolutions compute in bfloat16.</param>
    /// <param name="training">When training, what dropout draws from; none otherwise.</param>
    public Tensor Forward(Tensor pixels, bool bfloat16, Generator? training = null)
    {
        // Not made in passing: see AdamW.
        using Scalar mean = ModelSpec.InputMean, deviation = ModelSpec.InputDeviation;
        var compute = bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var values = new Dictionary<string, Tensor>
        {
            [ModelSpec.InputName] = pixels.permute(0, 3, 1, 2).to(ScalarType.Float32).sub_(mean).div_(deviation).to(compute),
        };
        foreach (var layer in spec.Layers)
        {
            values[layer.Name] = Apply(layer, [.. layer.Inputs.Select(name => values[name])], training, compute);
        }

        return values[spec.Layers[^1].Name];
    }

    /// <summary>A copy of all weights, out of libtorch.</summary>
    public Dictionary<string, TensorValues> Weights() => tensors.ToDictionary(pair => pair.Key, pair => Values(pair.Value));

    public static TensorValues Values(Tensor tensor)
    {
        using var copy = tensor.detach().contiguous();
        return new(copy.shape, copy.data<float>().ToArray());
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values)
        {
            tensor.Dispose();
        }
    }

    private Tensor Apply(Layer layer, Tensor[] x, Generator? training, ScalarType compute) => layer switch
    {
        Conv2d c => F.conv2d(x[0], Cast($"{c.Name}.weight", compute), c.Bias ? Cast($"{c.Name}.bias", compute) : null, [c.Stride, c.Stride], [c.Padding, c.Padding], groups: c.Groups),
        BatchNorm b => F.batch_norm(x[0], tensors[$"{b.Name}.running_mean"], tensors[$"{b.Name}.running_var"], tensors[$"{b.Name}.weight"], tensors[$"{b.Name}.bias"], training is not null, BatchNorm.Momentum, BatchNorm.Epsilon),
        Relu => F.relu(x[0]),
        MaxPool p => F.max_pool2d(x[0], [p.Kernel, p.Kernel], [p.Stride, p.Stride], [p.Padding, p.Padding]),
        AvgPool p => F.avg_pool2d(x[0], [p.Kernel, p.Kernel], [p.Stride, p.Stride]),
        GlobalAvgPool => x[0].mean([2, 3], keepdim: true),
        Flatten => x[0].flatten(1),
        // The scores are few and their differences matter: always fp32.
        Linear l => F.linear(x[0].to(ScalarType.Float32), tensors[$"{l.Name}.weight"], tensors[$"{l.Name}.bias"]),
        Dropout d => training is null ? x[0] : x[0] * Kept(x[0], d.Rate, training),
        Add => x[0] + x[1],
        _ => throw new NeuroException("model.unknown_layer", $"Layer '{layer.Name}' ({layer.Type}) cannot be trained here."),
    };

    private static Tensor Kept(Tensor like, double rate, Generator random)
    {
        using Scalar limit = rate, share = 1 - rate;
        return rand(like.shape, generator: random).ge(limit).to(like.dtype).div_(share);
    }

    private Tensor Cast(string name, ScalarType compute) => tensors[name].to(compute);

    private static bool IsTrained(string name) => !name.EndsWith(".running_mean", StringComparison.Ordinal) && !name.EndsWith(".running_var", StringComparison.Ordinal);

    private static TensorValues Initial(string name, long[] shape, ulong seed)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        if (name.EndsWith(".running_var", StringComparison.Ordinal) || (name.EndsWith(".weight", StringComparison.Ordinal) && shape.Length == 1))
        {
            Array.Fill(values, 1f);
        }
        else if (shape.Length > 1)
        {
            var random = SplitMix.For(seed, SplitMix.Of(name));
            // A linear layer gives the logits: small at first, so that training starts from even odds.
            var deviation = shape.Length == 4 ? Math.Sqrt(2.0 / (shape[0] * shape[2] * shape[3])) : 0.01;
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(random.Normal() * deviation);
            }
        }

        return new(shape, values);
    }
}
