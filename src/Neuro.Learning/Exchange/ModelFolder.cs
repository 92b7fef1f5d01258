using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Exchange;

/// <summary>A finished model in a folder: model.onnx, model.safetensors, spec.json, card.json.</summary>
internal static class ModelFolder
{
    public const string Onnx = "model.onnx";
    public const string Weights = "model.safetensors";
    public const string Spec = "spec.json";
    public const string Card = "card.json";

    public static readonly IReadOnlyList<string> Files = [Card, Onnx, Weights, Spec];

    private static readonly JsonSerializerOptions Readable = new(NeuroJson.Options) { WriteIndented = true };

    /// <summary>Writes the four files; the ONNX file is run by OnnxRuntime first and must give what our own forward pass gives. Without ONNX for a model by regions.</summary>
    /// <exception cref="NeuroException"><c>onnx.*</c>, <c>model.not_exportable</c>, <c>weights.mismatch</c>.</exception>
    public static void Write(string folder, ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, ModelCard card)
    {
        if (!spec.IsByRegions)
        {
            var onnx = OnnxExporter.Export(spec, weights, card);
            ModelCheck.Exported(spec, weights, onnx);
            AtomicFile.Write(Path.Combine(folder, Onnx), stream => stream.Write(onnx));
        }

        WriteWithoutOnnx(folder, spec, weights, card);
    }

    /// <summary>Writes what a model that computes by regions can be carried as: spec, weights and card.</summary>
    public static void WriteWithoutOnnx(string folder, ModelSpec spec, IReadOnlyDictionary<string, TensorValues> weights, ModelCard card)
    {
        AtomicFile.Write(Path.Combine(folder, Spec), spec.ToJson());
        Safetensors.Write(Path.Combine(folder, Weights), weights, new Dictionary<string, string> { ["spec"] = spec.Hash });
        WriteCard(folder, card);
    }

    public static void WriteCard(string folder, ModelCard card) => AtomicFile.Write(Path.Combine(folder, Card), JsonSerializer.Serialize(card, Readable));

    /// <summary>Reads the spec and the card and checks that they belong together.</summary>
    /// <exception cref="NeuroException"><c>model.missing</c>, <c>model.invalid</c> and what <see cref="ModelSpec.Parse"/> throws.</exception>
    public static (ModelSpec Spec, ModelCard Card) Read(string folder) => Read(folder, Files);

    /// <summary>As <see cref="Read(string)"/>, with or without the ONNX file.</summary>
    public static (ModelSpec Spec, ModelCard Card) ReadWithoutOnnx(string folder) => Read(folder, [Card, Weights, Spec]);

    private static (ModelSpec Spec, ModelCard Card) Read(string folder, IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            if (!File.Exists(Path.Combine(folder, file)))
            {
                throw new NeuroException("model.missing", $"{folder} holds no {file}; a model's folder has {string.Join(", ", Files)}.");
            }
        }

        var spec = ModelSpec.Parse(File.ReadAllText(Path.Combine(folder, Spec)));
        var path = Path.Combine(folder, Card);
        try
        {
            var card = JsonSerializer.Deserialize<ModelCard>(File.ReadAllText(path), NeuroJson.Options);
            return card is { Classes: not null, Name: not null } && card.SpecHash == spec.Hash && card.Classes.Count == spec.Classes && card.Classes.All(name => name is { Length: > 0 and <= 200 })
                ? (spec, card)
                : throw new NeuroException("model.invalid", $"{path} does not belong to the spec beside it: it must name its hash, {spec.Hash}, and its {spec.Classes} classes.");
        }
        catch (JsonException e)
        {
            throw new NeuroException("model.invalid", $"{path} is not a model card: {e.Message}");
        }
    }
}
