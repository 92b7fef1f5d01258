using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>The checked graph: layers in an order in which each can be computed, their shapes, and what they cost.</summary>
internal sealed record Graph(IReadOnlyList<Layer> Order, IReadOnlyDictionary<string, string> Outputs, IReadOnlyDictionary<string, TensorShape> Shapes, long Parameters, long Macs)
{
    // What a node accepts from a stranger: far above any model that two cores or one GPU could train, far below what exhausts memory.
    private const int MaxLayers = 1000;
    private const int MaxSide = 2048;
    private const int MaxSteps = 1 << 16;
    private const int MaxSignals = 256;
    private const int MaxClasses = 100_000;
    private const int MaxOutputs = 64;
    private const long MaxParameters = 500_000_000;
    private const long MaxActivations = 1_000_000_000;
    private const long MaxMacs = 1_000_000_000_000;

    public static Graph Check(ModelSpec spec, IReadOnlyList<Layer> layers, IReadOnlyDictionary<string, string>? outputs)
    {
        CheckInput(spec);
        // A detector may look for one kind of thing; whoever tells classes apart needs two.
        var least = spec.Task == ModelTask.Detect ? 1 : 2;
        Bound(spec.Classes >= least && spec.Classes <= MaxClasses, "model.invalid", $"classes is {spec.Classes}; expected a whole number from {least} to {MaxClasses}");
        Bound(layers.Count is >= 1 and <= MaxLayers, "model.invalid", $"there are {layers.Count} layers; expected 1 to {MaxLayers}");

        var order = Sort(layers);
        var named = outputs is null ? OnlyOutput(order) : CheckOutputs(order, outputs);
        var byName = order.ToDictionary(layer => layer.Name);
        var shapes = new Dictionary<string, TensorShape> { [ModelSpec.InputName] = new(spec.Input[0], spec.Input[1], spec.Input[2]) };
        long parameters = 0, stored = 0, activations = 0;
        Int128 macs = 0;
        foreach (var layer in order)
        {
            var input = shapes[layer.Inputs[0]];
            var output = Infer(layer, byName, shapes);
            shapes[layer.Name] = output;
            var copies = Math.Max(1, output.Regions);
            // Each addend is at most about 2^57 for fields within their bounds, and the sums are stopped far below: no overflow.
            var weights = layer.Weights(input).ToList();
            parameters += weights.Where(weight => weight.Trained).Sum(weight => weight.Count);
            stored += weights.Sum(weight => weight.Count);
            macs += (Int128)layer.Macs(input, output) * copies;
            activations += output.Count * copies;
            Bound(stored <= MaxParameters, "model.too_large", $"more than {MaxParameters:N0} parameters by layer '{layer.Name}'");
            Bound(activations <= MaxActivations, "model.too_large", $"more than {MaxActivations:N0} activations a sample by layer '{layer.Name}'");
            Bound(macs <= MaxMacs, "model.too_large", $"more than {MaxMacs:N0} multiply-accumulates a sample by layer '{layer.Name}'");
        }

        CheckShared(byName, shapes);
        TaskOutputs.Check(spec, named, shapes);
        return new(order, named, shapes, parameters, (long)macs);
    }

    private static void CheckInput(ModelSpec spec)
    {
        var input = $"input is [{string.Join(", ", spec.Input)}]; expected";
        if (spec.Task == ModelTask.Signal)
        {
            Bound(spec.Input.Count == 3 && spec.Input[0] is >= 1 and <= MaxSignals && spec.Input[1] == 1 && spec.Input[2] is >= 8 and <= MaxSteps, "model.invalid",
                $"{input} [C, 1, T] with 1 to {MaxSignals} signals of 8 to {MaxSteps} steps");
        }
        else
        {
            Bound(spec.Input.Count == 3 && spec.Input[0] == 3 && spec.Input.Skip(1).All(side => side is >= 8 and <= MaxSide), "model.invalid",
                $"{input} [3, H, W] with sides from 8 to {MaxSide}");
        }

        Bound(spec.InputMean.Count == spec.Input[0] && spec.InputMean.All(float.IsFinite), "model.invalid",
            $"inputMean has {spec.InputMean.Count} numbers; expected {spec.Input[0]}, one a channel, none infinite");
        Bound(spec.InputDeviation.Count == spec.Input[0] && spec.InputDeviation.All(value => float.IsFinite(value) && value > 0), "model.invalid",
            $"inputDeviation is [{string.Join(", ", spec.InputDeviation)}]; expected {spec.Input[0]} numbers above 0, one a channel");
    }

    private static TensorShape Infer(Layer layer, Dictionary<string, Layer> byName, Dictionary<string, TensorShape> shapes)
    {
        var inputs = layer.Inputs.Select(name => shapes[name]).ToList();
        if (layer is MaxUnpool)
        {
            var pool = byName.GetValueOrDefault(layer.Inputs[1]) as MaxPool;
            Bound(pool is not null && pool.Kernel == pool.Stride && pool.Padding == 0, "model.invalid",
                $"layer '{layer.Name}' (max_unpool) reads '{layer.Inputs[1]}' second; expected a max_pool layer whose windows do not overlap (stride = kernel, no padding)");
            inputs.Add(shapes[pool!.Inputs[0]]);
        }

        try
        {
            return layer.Infer(inputs);
        }
        catch (ShapeMismatchException e)
        {
            throw new NeuroException("model.shape_mismatch", $"Layer '{layer.Name}' ({layer.Type}): {e.Message}.");
        }
    }

    /// <summary>A convolution that uses another's weights must need the same ones.</summary>
    private static void CheckShared(Dictionary<string, Layer> byName, Dictionary<string, TensorShape> shapes)
    {
        foreach (var layer in byName.Values.OfType<Conv2d>().Where(layer => layer.Shared is not null))
        {
            var owner = byName.GetValueOrDefault(layer.Shared!) as Conv2d;
            Bound(owner is { Shared: null }, "model.invalid",
                $"layer '{layer.Name}' uses the weights of '{layer.Shared}', which is no conv2d with weights of its own; {Nearest.Sentence(layer.Shared!, byName.Keys)}");
            var (needs, has) = (layer.Own(shapes[layer.Inputs[0]]).ToList(), owner!.Own(shapes[owner.Inputs[0]]).ToList());
            Bound(needs.Count == has.Count && needs[0].Shape.SequenceEqual(has[0].Shape), "model.shape_mismatch",
                $"layer '{layer.Name}' needs weights [{string.Join(", ", needs[0].Shape)}]{(layer.Bias ? " with bias" : "")}; those of '{layer.Shared}' are [{string.Join(", ", has[0].Shape)}]{(owner.Bias ? " with bias" : "")}");
        }
    }

    /// <summary>Topological order (Kahn 1962) that keeps the given order where it can.</summary>
    private static List<Layer> Sort(IReadOnlyList<Layer> layers)
    {
        var names = new HashSet<string> { ModelSpec.InputName };
        foreach (var layer in layers)
        {
            Bound(names.Add(layer.Name), "model.invalid", $"two layers are named '{layer.Name}'");
        }

        var missing = layers.SelectMany(layer => layer.Inputs.Select(input => (layer, input))).FirstOrDefault(edge => !names.Contains(edge.input));
        Bound(missing.layer is null, "model.invalid", $"layer '{missing.layer?.Name}' reads '{missing.input}', which is not there; {Nearest.Sentence(missing.input ?? "", names)}");

        var order = new List<Layer>(layers.Count);
        var done = new HashSet<string> { ModelSpec.InputName };
        var waiting = layers.ToList();
        while (waiting.Count > 0)
        {
            var ready = waiting.FindIndex(layer => layer.Inputs.All(done.Contains));
            Bound(ready >= 0, "model.cycle", $"the layers {string.Join(", ", waiting.Take(8).Select(layer => $"'{layer.Name}'"))} read one another in a circle");
            done.Add(waiting[ready].Name);
            order.Add(waiting[ready]);
            waiting.RemoveAt(ready);
        }

        return order;
    }

    /// <summary>The one layer that no other reads, which comes to stand last: the output <c>logits</c>.</summary>
    private static Dictionary<string, string> OnlyOutput(List<Layer> order)
    {
        var unread = Unread(order);
        Bound(unread.Count == 1, "model.invalid",
            $"{unread.Count} layers are read by no other ({string.Join(", ", unread.Take(8).Select(layer => layer.Name))}); expected exactly one, the output, or outputs by name");
        order.Remove(unread[0]);
        order.Add(unread[0]);
        return new() { [TaskOutputs.Logits] = unread[0].Name };
    }

    private static Dictionary<string, string> CheckOutputs(List<Layer> order, IReadOnlyDictionary<string, string> outputs)
    {
        var names = order.Select(layer => layer.Name).ToHashSet();
        Bound(outputs.Count is >= 1 and <= MaxOutputs, "model.invalid", $"there are {outputs.Count} outputs; expected 1 to {MaxOutputs}");
        foreach (var (output, layer) in outputs)
        {
            Bound(names.Contains(layer), "model.invalid", $"output '{output}' is layer '{layer}', which is not there; {Nearest.Sentence(layer, names)}");
        }

        var lost = Unread(order).FirstOrDefault(layer => !outputs.Values.Contains(layer.Name));
        Bound(lost is null, "model.invalid", $"layer '{lost?.Name}' is neither read by another nor an output");
        return outputs.ToDictionary();
    }

    private static List<Layer> Unread(List<Layer> order)
    {
        var read = order.SelectMany(layer => layer.Inputs).ToHashSet();
        return [.. order.Where(layer => !read.Contains(layer.Name))];
    }

    private static void Bound(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new NeuroException(code, $"The model spec is not valid: {message}.");
        }
    }
}
