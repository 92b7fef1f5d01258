using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>The checked graph: layers in an order in which each can be computed, their shapes, and what they cost.</summary>
internal sealed record Graph(IReadOnlyList<Layer> Order, IReadOnlyDictionary<string, TensorShape> Shapes, long Parameters, long Macs)
{
    // What a node accepts from a stranger: far above any model that two cores or one GPU could train, far below what exhausts memory.
    private const int MaxLayers = 1000;
    private const int MaxSide = 2048;
    private const int MaxClasses = 100_000;
    private const long MaxParameters = 500_000_000;
    private const long MaxActivations = 500_000_000;
    private const long MaxMacs = 1_000_000_000_000;

    public static Graph Check(ModelSpec spec, IReadOnlyList<Layer> layers)
    {
        Bound(spec.Input.Count == 3 && spec.Input[0] == 3 && spec.Input.Skip(1).All(side => side is >= 8 and <= MaxSide), "model.invalid",
            $"input is [{string.Join(", ", spec.Input)}]; expected [3, H, W] with sides from 8 to {MaxSide}");
        Bound(spec.Classes is >= 2 and <= MaxClasses, "model.invalid", $"classes is {spec.Classes}; expected a whole number from 2 to {MaxClasses}");
        Bound(layers.Count is >= 1 and <= MaxLayers, "model.invalid", $"there are {layers.Count} layers; expected 1 to {MaxLayers}");

        var order = Sort(layers);
        var shapes = new Dictionary<string, TensorShape> { [ModelSpec.InputName] = new(spec.Input[0], spec.Input[1], spec.Input[2]) };
        long parameters = 0, macs = 0, activations = 0;
        foreach (var layer in order)
        {
            var input = shapes[layer.Inputs[0]];
            var output = Infer(layer, [.. layer.Inputs.Select(name => shapes[name])]);
            shapes[layer.Name] = output;
            // Each addend is at most about 2^57 for fields within their bounds, and the sums are stopped far below: no overflow.
            parameters += layer.Parameters(input);
            macs += layer.Macs(input, output);
            activations += output.Count;
            Bound(parameters <= MaxParameters, "model.too_large", $"more than {MaxParameters:N0} parameters by layer '{layer.Name}'");
            Bound(activations <= MaxActivations, "model.too_large", $"more than {MaxActivations:N0} activations a sample by layer '{layer.Name}'");
            Bound(macs <= MaxMacs, "model.too_large", $"more than {MaxMacs:N0} multiply-accumulates a sample by layer '{layer.Name}'");
        }

        var last = order[^1];
        Bound(shapes[last.Name] == TensorShape.Flat(spec.Classes), "model.shape_mismatch",
            $"layer '{last.Name}' ({last.Type}) is the output and gives {shapes[last.Name]}; expected [{spec.Classes}], one score per class");
        return new(order, shapes, parameters, macs);
    }

    private static TensorShape Infer(Layer layer, IReadOnlyList<TensorShape> inputs)
    {
        try
        {
            return layer.Infer(inputs);
        }
        catch (ShapeMismatchException e)
        {
            throw new NeuroException("model.shape_mismatch", $"Layer '{layer.Name}' ({layer.Type}): {e.Message}.");
        }
    }

    /// <summary>Topological order (Kahn 1962) that keeps the given order where it can, and one layer at the end that no other reads.</summary>
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

        var read = layers.SelectMany(layer => layer.Inputs).ToHashSet();
        var outputs = order.Where(layer => !read.Contains(layer.Name)).ToList();
        Bound(outputs.Count == 1, "model.invalid", $"{outputs.Count} layers are read by no other ({string.Join(", ", outputs.Take(8).Select(layer => layer.Name))}); expected exactly one, the output");
        order.Remove(outputs[0]);
        order.Add(outputs[0]);
        return order;
    }

    private static void Bound(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new NeuroException(code, $"The model spec is not valid: {message}.");
        }
    }
}
