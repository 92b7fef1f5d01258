using System.Globalization;
using System.Numerics.Tensors;
using Neuro.Client.Api;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.LocalSgd;

/// <summary>The outer step of DiLoCo: SGD with Nesterov momentum over the mean of the deltas (Douillard et al. 2023, algorithm 1; Sutskever et al. 2013). Running statistics are averaged.</summary>
/// <remarks>It needs no libtorch. Deltas are summed in the order given, so the same ones give the same bits.</remarks>
public static class OuterStep
{
    /// <summary>Makes the weights of the next round.</summary>
    /// <param name="weights">Of the round that the deltas are of; null in round 0.</param>
    /// <param name="momentum">As the step before left it; null in round 0.</param>
    /// <param name="deltas">At least one, all of one round.</param>
    /// <param name="nextWeights">Where the next round's weights go: safetensors.</param>
    /// <param name="nextMomentum">Where the momentum goes.</param>
    /// <exception cref="NeuroException"><c>weights.*</c>: a file is not what a step before left.</exception>
    public static void Apply(ModelSpec spec, DilocoPlan plan, string? weights, string? momentum, IReadOnlyList<WeightDelta> deltas, string nextWeights, string nextMomentum)
    {
        var before = WeightsOf(spec, plan, weights);
        var velocity = momentum is null ? null : Safetensors.Read(momentum).Tensors;
        var mean = WeightLayout.Of(spec).ToDictionary(weight => weight.Name, weight => new float[weight.Count]);
        foreach (var delta in deltas)
        {
            delta.AddTo(mean, 1f / deltas.Count);
        }

        var (after, moved) = (new Dictionary<string, TensorValues>(), new Dictionary<string, TensorValues>());
        foreach (var weight in WeightLayout.Of(spec))
        {
            var (old, change) = (before[weight.Name], mean[weight.Name]);
            if (!weight.Trained)
            {
                after[weight.Name] = new(old.Shape, change);
                continue;
            }

            // v ← μ v + Δ and W ← W + Δ + μ v: the outer gradient is −Δ, the outer learning rate 1.
            var (v, next) = (velocity?[weight.Name].Values.ToArray() ?? new float[weight.Count], new float[weight.Count]);
            TensorPrimitives.MultiplyAdd(v, (float)plan.OuterMomentum, change, v);
            TensorPrimitives.MultiplyAdd(v, (float)plan.OuterMomentum, change, next);
            TensorPrimitives.Add(next, old.Values, next);
            (after[weight.Name], moved[weight.Name]) = (new(old.Shape, next), new(old.Shape, v));
        }

        var told = new Dictionary<string, string> { ["spec"] = spec.Hash, ["round"] = (deltas[0].Round + 1).ToString(CultureInfo.InvariantCulture) };
        Safetensors.Write(nextWeights, after, told);
        Safetensors.Write(nextMomentum, moved, told);
    }

    /// <summary>Makes a finished model of the last round's weights, and measures it on what training did not see.</summary>
    /// <param name="folder">Where the model goes; its ONNX file is what is measured.</param>
    /// <param name="data">With the samples that were held back.</param>
    /// <returns>Its accuracy on the samples held back; null when there are none.</returns>
    public static double? Finish(ModelSpec spec, DilocoPlan plan, string weights, CropData data, string folder)
    {
        var values = WeightsOf(spec, plan, weights);
        var card = new ModelCard(
            spec.Name, data.ClassNames, spec.Hash, data.Hash, (int)Math.Min(int.MaxValue, plan.Samples), data.ValidationSamples, plan.Options(0, 0) with { Seed = plan.Seed }, Precision.Float32, [],
            data.Recipes);
        ModelFolder.WriteWithoutOnnx(folder, spec, values, card);
        File.WriteAllBytes(Path.Combine(folder, ModelFolder.Onnx), OnnxExporter.Export(spec, values, card));
        if (data.ValidationSamples == 0)
        {
            return null;
        }

        double accuracy;
        using (var model = Classifier.Load(folder))
        {
            accuracy = HeldOut.Outcomes(model, data).Average(outcome => outcome.Right ? 1.0 : 0);
        }

        ModelFolder.WriteCard(folder, card with { Metrics = new Dictionary<string, double> { ["top1"] = accuracy } });
        return accuracy;
    }

    /// <summary>Scenes that no part trains on, to measure the model by.</summary>
    public static SceneStream HeldBack(Catalogue catalogue, Recipe recipe, int size, DilocoPlan plan) => new(catalogue, [(recipe, 1)], size, plan.Seed);

    /// <summary>The weights that a round begins with.</summary>
    internal static IReadOnlyDictionary<string, TensorValues> WeightsOf(ModelSpec spec, DilocoPlan plan, string? file)
    {
        var weights = file is null ? Network.Initial(spec, plan.Seed) : Safetensors.Read(file).Tensors;
        WeightLayout.Check(spec, weights);
        return weights;
    }
}
