namespace Neuro.Learning.Specs;

/// <summary>Writes a spec's layers down one after another; each call gives the name by which later ones read it.</summary>
/// <remarks>
/// <code>
/// var net = new ModelBuilder();
/// var x = net.ConvRelu("stem", ModelSpec.InputName, 32, 3, stride: 2);
/// net.Head("logits", x, classes: 10, dropout: 0.1);
/// var spec = net.Build("mine", [3, 64, 64], classes: 10);
/// </code>
/// </remarks>
public sealed class ModelBuilder
{
    private readonly List<Layer> layers = [];

    /// <summary>Adds any layer.</summary>
    public string Add(Layer layer)
    {
        layers.Add(layer);
        return layer.Name;
    }

    /// <summary>The checked spec.</summary>
    /// <exception cref="Neuro.Client.Api.NeuroException"><c>model.*</c></exception>
    public ModelSpec Build(string name, IReadOnlyList<int> input, int classes, ModelTask task = ModelTask.Classify, IReadOnlyDictionary<string, string>? outputs = null) =>
        new(name, input, classes, layers, task, outputs);

    /// <summary>A convolution; padding, where none is given, keeps the size at stride 1.</summary>
    public string Conv(string name, string input, int width, Pair kernel, int stride = 1, Pair? padding = null, int groups = 1, bool bias = true, int dilation = 1, string? shared = null) =>
        Add(new Conv2d(name, [input], width, kernel, stride, padding ?? new Pair(dilation * (kernel.Height / 2), dilation * (kernel.Width / 2)), groups, bias, dilation, shared));

    /// <summary>A convolution with bias and a ReLU.</summary>
    public string ConvRelu(string name, string input, int width, Pair kernel, int stride = 1, Pair? padding = null, int dilation = 1) =>
        Relu($"{name}.relu", Conv(name, input, width, kernel, stride, padding, dilation: dilation));

    public string Relu(string name, string input) => Add(new Relu(name, [input]));

    public string MaxPool(string name, string input, int kernel, int stride, int padding = 0, bool ceil = false) => Add(new MaxPool(name, [input], kernel, stride, padding, ceil));

    public string Concat(string name, params string[] inputs) => Add(new Concat(name, inputs));

    /// <summary>A fully connected layer with a ReLU.</summary>
    public string LinearRelu(string name, string input, int width) => Relu($"{name}.relu", Add(new Linear(name, [input], width)));

    /// <summary>Mean over the plane, dropout and one score per class.</summary>
    public string Head(string name, string input, int classes, double dropout)
    {
        var x = Add(new Flatten("features-flat", [Add(new GlobalAvgPool("avgpool", [input]))]));
        return Add(new Linear(name, [dropout > 0 ? Add(new Dropout("dropout", [x], dropout)) : x], classes));
    }
}
