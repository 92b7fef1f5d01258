using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Models;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.LocalSgd;

/// <summary>Takes the inner steps of an order's parts, on the node that has a part and on the platform that checks it. What was cut out of the last dataset is kept, since the next round is of the same.</summary>
public sealed class PartTrainer
{
    private readonly Lock gate = new();
    private (string Of, CropSet Crops)? last;

    /// <summary>What a part's steps change.</summary>
    /// <param name="order">Model, plan and what is learnt.</param>
    /// <param name="number">The part's place among those of all rounds: round · nodes + part.</param>
    /// <param name="inputs">Paths of the data and, after round 0, behind them of the round's weights.</param>
    /// <param name="steps">How many, if not all.</param>
    /// <param name="progress">A point about four times a second.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <exception cref="NeuroException">As of <see cref="InnerSteps.Run"/>.</exception>
    public WeightDelta Run(DilocoSpec order, int number, IReadOnlyList<string> inputs, int? steps = null, IProgress<TrainingPoint>? progress = null, CancellationToken cancel = default)
    {
        var (model, plan) = (ModelSpec.Parse(order.Model.ToJsonString()), DilocoPlan.Of(order));
        var (round, part) = Math.DivRem(number, plan.Parts);
        var (data, weights) = Split(inputs, round);
        using var scenes = order.Recipe is { } recipe
            ? InnerSteps.Scenes(Catalogue.Unpack(File.ReadAllBytes(data[0])), Recipe.Parse(recipe.ToJsonString()), model.Input[^1], plan, round, part)
            : null;
        return InnerSteps.Run(model, scenes ?? InnerSteps.Part(Crops(data, model, order.Seed, cancel), plan, part), plan, round, part, weights, steps, progress, cancel);
    }

    /// <summary>What was planned, and behind it in later rounds what the step before left.</summary>
    public static (IReadOnlyList<T> Data, T? Weights) Split<T>(IReadOnlyList<T> inputs, int round)
        where T : class => round == 0 ? (inputs, null) : ([.. inputs.SkipLast(1)], inputs[^1]);

    private CropSet Crops(IReadOnlyList<string> shards, ModelSpec model, ulong seed, CancellationToken cancel)
    {
        var name = string.Join('\n', shards.Append($"{model.Input[^1]} {seed}"));
        lock (gate)
        {
            if (last?.Of != name)
            {
                last = (name, CropSet.FromShards(shards, model.Input[^1], seed, cancel: cancel));
            }

            return last.Value.Crops;
        }
    }
}
