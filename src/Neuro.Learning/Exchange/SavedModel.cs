using System.Security.Cryptography;
using Neuro.Client.Api;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Exchange;

/// <summary>What an import needs to be told where the file does not say it.</summary>
public sealed record ModelImportOptions
{
    /// <summary>For a file of weights alone: a model of the zoo, a spec's file, or a model's folder.</summary>
    public string? Model { get; init; }

    /// <summary>Classes of a zoo's model; those that it is published for if left out.</summary>
    public int? Classes { get; init; }

    /// <summary>Side of the square input of a zoo's model, or where an ONNX file leaves it open.</summary>
    public int? Size { get; init; }

    /// <summary>What was subtracted from pixels in 0..255 before they came to this model, a number a channel; for an ONNX file 0 if left out.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>What they were divided by thereafter; for an ONNX file 1 if left out.</summary>
    public IReadOnlyList<float>? Deviation { get; init; }

    /// <summary>Names of the classes; their numbers if left out.</summary>
    public IReadOnlyList<string>? Names { get; init; }
}

/// <summary>A model as it lies in a folder, with or without weights.</summary>
public sealed record SavedModel(ModelSpec Spec, IReadOnlyDictionary<string, TensorValues>? Weights, ModelCard? Card)
{
    /// <summary>Opens a model's folder, a spec's file, or a model of the zoo by its name.</summary>
    /// <exception cref="NeuroException"><c>model.*</c>, <c>weights.*</c>.</exception>
    public static SavedModel Open(string model, int? classes = null, int? size = null)
    {
        if (Zoo.Zoo.Models.TryGetValue(model, out var known))
        {
            return new(known.Build(classes, size), null, null);
        }

        if (File.Exists(model))
        {
            return new(ModelSpec.Parse(File.ReadAllText(model)), null, null);
        }

        if (!Directory.Exists(model))
        {
            throw new NeuroException("model.missing",
                $"There is no model '{model}'; give a folder, the file of a spec, or one of {string.Join(", ", Zoo.Zoo.Models.Keys)}.");
        }

        var (spec, card) = ModelFolder.ReadWithoutOnnx(model);
        var (weights, _) = Safetensors.Read(Path.Combine(model, ModelFolder.Weights));
        WeightLayout.Check(spec, weights);
        return new(spec, weights, card);
    }

    /// <summary>Reads a file of others (<c>.onnx</c>, <c>.pth</c>, <c>.pt</c>, <c>.safetensors</c>) into a model's folder.</summary>
    /// <returns>The model, and what a person should know of it.</returns>
    /// <exception cref="NeuroException"><c>onnx.*</c>, <c>model.*</c>, <c>weights.*</c>.</exception>
    public static (SavedModel Model, IReadOnlyList<string> Notes) Import(string file, string folder, ModelImportOptions? options = null)
    {
        options ??= new();
        if (!File.Exists(file))
        {
            throw new NeuroException("model.missing", $"There is no file {file}; give the path of an .onnx, .pth, .pt or .safetensors file.");
        }

        var (spec, weights, notes) = Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".onnx" => FromOnnx(file, options),
            ".pth" or ".pt" => FromWeights(file, PyTorchFile.Read(file), options),
            ".safetensors" => FromWeights(file, Safetensors.Read(file).Tensors, options),
            var other => throw new NeuroException("model.unknown_format",
                $"{file} ends in '{other}'; .onnx, .pth, .pt and .safetensors are read. Models of TensorFlow and Keras come as ONNX."),
        };
        var names = options.Names ?? [.. Enumerable.Range(0, spec.Classes).Select(i => $"{i}")];
        if (names.Count != spec.Classes)
        {
            throw new NeuroException("model.invalid", $"There are {names.Count} names, but the model tells {spec.Classes} classes apart; give one a class.");
        }

        using var stream = File.OpenRead(file);
        var card = new ModelCard(spec.Name, names, spec.Hash, "", 0, 0, new(), Precision.Float32, [], Origin: $"{Path.GetFileName(file)} {Convert.ToHexStringLower(SHA256.HashData(stream))}");
        ModelFolder.Write(folder, spec, weights, card);
        return (new(spec, weights, card), spec.IsByRegions ? [.. notes, $"A model that computes by regions has no ONNX file; {folder} holds its spec, weights and card."] : notes);
    }

    /// <summary>Writes into a model's card what made it and what it was measured to do, beside the measures that are there.</summary>
    /// <exception cref="NeuroException"><c>model.missing</c>, <c>model.invalid</c>.</exception>
    public static void Record(string folder, string origin, IReadOnlyDictionary<string, double> metrics)
    {
        var (_, card) = ModelFolder.ReadWithoutOnnx(folder);
        var all = new SortedDictionary<string, double>((card.Metrics ?? new Dictionary<string, double>()).ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in metrics)
        {
            all[name] = value;
        }

        ModelFolder.WriteCard(folder, card with { Origin = origin, Metrics = all });
    }

    /// <summary>The ONNX file's bytes, checked against our own forward pass.</summary>
    /// <exception cref="NeuroException"><c>model.not_exportable</c>, <c>onnx.*</c>.</exception>
    public byte[] ToOnnx()
    {
        var weights = Weights ?? throw new NeuroException("weights.missing", $"'{Spec.Name}' has no weights; export a model's folder.");
        var onnx = OnnxExporter.Export(Spec, weights, Card);
        ModelCheck.Exported(Spec, weights, onnx);
        return onnx;
    }

    /// <summary>Writes the model as its file's name says: .onnx with the graph, checked, or .safetensors with the weights alone.</summary>
    /// <exception cref="NeuroException"><c>model.unknown_format</c>, <c>model.not_exportable</c>, <c>onnx.*</c>, <c>weights.missing</c>.</exception>
    public void Export(string file)
    {
        switch (Path.GetExtension(file).ToLowerInvariant())
        {
            case ".onnx":
                File.WriteAllBytes(file, ToOnnx());
                break;
            case ".safetensors":
                WriteSafetensors(file);
                break;
            case var other:
                throw new NeuroException("model.unknown_format", $"{file} ends in '{other}'; a model is written as .onnx or .safetensors.");
        }
    }

    /// <summary>Writes the weights alone.</summary>
    public void WriteSafetensors(string path) => Safetensors.Write(
        path, Weights ?? throw new NeuroException("weights.missing",
            $"'{Spec.Name}' has no weights; export a model's folder."), new Dictionary<string, string> { ["spec"] = Spec.Hash, ["name"] = Spec.Name });

    /// <summary>Median time of one sample in OnnxRuntime and the size of the ONNX file; nothing for a model that computes by regions. Without weights, random ones take as long.</summary>
    public (TimeSpan Time, long Bytes)? Measure(int threads)
    {
        if (Spec.IsByRegions)
        {
            return null;
        }

        var onnx = OnnxExporter.Export(Spec, Weights ?? Network.Initial(Spec, seed: 0), Card);
        return (Latency.Measure(Spec, onnx, threads), onnx.Length);
    }

    private static (ModelSpec, IReadOnlyDictionary<string, TensorValues>, IReadOnlyList<string>) FromOnnx(string file, ModelImportOptions options)
    {
        var imported = OnnxImporter.Import(file, options);
        return (imported.Spec, imported.Weights, [.. imported.Notes, FormattableString.Invariant($"Random pictures give the same here as in OnnxRuntime, to {imported.Difference:0.0e+0} of the largest number.")]);
    }

    private static (ModelSpec, IReadOnlyDictionary<string, TensorValues>, IReadOnlyList<string>) FromWeights(string file, IReadOnlyDictionary<string, TensorValues> tensors, ModelImportOptions options)
    {
        var named = options.Model ?? throw new NeuroException("model.missing",
            $"{file} holds weights and no graph; say which model they are of: a spec's file, or one of {string.Join(", ", Zoo.Zoo.Models.Keys)}.");
        var spec = Open(named, options.Classes, options.Size).Spec;
        spec = new(spec.Name, spec.Input, spec.Classes, spec.Layers, spec.Task, spec.Outputs, options.Mean ?? spec.InputMean, options.Deviation ?? spec.InputDeviation);
        var (weights, unused) = WeightNames.Fit(spec, tensors);
        return (spec, weights, unused.Count == 0 ? [] : [$"{unused.Count} tensors of the file are not used: {string.Join(", ", unused.Take(5))}{(unused.Count > 5 ? " …" : "")}."]);
    }
}
