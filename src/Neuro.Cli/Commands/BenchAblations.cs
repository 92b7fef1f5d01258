using System.Globalization;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Recognition;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro bench sku --ablations</c>: what each thing in the pictures is worth on photos, by a short run without it, from the same seed as the run with all.</summary>
internal static class BenchAblations
{
    public static async Task RunAsync(Catalogue catalogue, LabelledImages photos, ulong seed, string? folder, CancellationToken cancel)
    {
        var plan = RecognitionPlan.Brief;
        folder ??= Path.Combine("artifacts", "bench", Line($"sku-ablations-{seed}"));
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("without", "which is", "top-1", "95 % interval", "points", "95 % interval");
        var whole = await MeasureAsync("with all", catalogue, plan, "all");
        Add("–", "all is there", whole, null);
        // The same again by another seed: what is chance.
        Add("–", "all is there, the next seed", await MeasureAsync("with all, the next seed", catalogue, plan, "again", seed + 1), whole);
        foreach (var ablation in Ablation.All)
        {
            Add(ablation.Name, ablation.Without, await MeasureAsync(Line($"without {ablation.Name}"), ablation.Of(catalogue), plan with { Without = ablation }, ablation.Name), whole);
        }

        AnsiConsole.Write(table);
        Console.WriteLine(Line($"Each run saw {plan.Stages.Sum(stage => stage.Epochs) * plan.SamplesPerEpoch:N0} samples at {plan.Stages[^1].Size} px, and was tested on {photos.Count} photos. Points are against the run with all, on the same photos; seed {seed}."));

        async Task<ClassificationMetrics> MeasureAsync(string what, Catalogue products, RecognitionPlan brief, string name, ulong? other = null)
        {
            var trained = await BenchCommand.TrainAsync(what, products, brief, other ?? seed, Path.Combine(folder, name), cancel);
            using var model = Classifier.Load(trained.Model.Folder, Environment.ProcessorCount, Classifier.OneView);
            var metrics = new ClassificationMetrics(model.Classes.Count);
            foreach (var (photo, probabilities) in Evaluator.Predictions(model, photos, cancel: cancel))
            {
                metrics.Add(probabilities, photo.ClassId);
            }

            Console.WriteLine(Line($"{what}: top-1 {metrics.Top(1).Value:0.0 %}."));
            return metrics;
        }

        void Add(string name, string which, ClassificationMetrics metrics, ClassificationMetrics? against)
        {
            var top1 = metrics.Top(1);
            var paired = against is null ? null : PairedTest.Bootstrap(Right(against), Right(metrics), seed);
            table.AddRow(
                name, which, Line($"{top1.Value:0.0 %}"), Line($"{top1.Low:0.0 %} to {top1.High:0.0 %}"),
                paired is null ? "" : Line($"{100 * paired.Difference:+0.0;−0.0}"), paired is null ? "" : Line($"{100 * paired.Low:+0.0;−0.0} to {100 * paired.High:+0.0;−0.0}"));
        }
    }

    private static double[] Right(ClassificationMetrics metrics) => [.. metrics.Outcomes.Select(outcome => outcome.Right ? 1.0 : 0)];

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
