using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Recognition;
using Neuro.Learning.Training;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro bench</c>: what synthetic data alone is worth on real photos, by a protocol that anybody can repeat.</summary>
internal static class BenchCommand
{
    private const double Coverage = 0.9;
    private const int Thousandths = 1000;

    /// <summary>How many photos are added to rendered pictures, to see what they are worth.</summary>
    private static readonly int[] Photos = [0, 76, 380];

    public static Command Create() => new("bench", "Measures what synthetic data alone is worth on real photos.") { Sku(), BenchShelf.Create() };

    private static Command Sku()
    {
        var plan = new Option<string>("--setting") { Description = "quick (an hour of two cores at the most) or best (four hours).", DefaultValueFactory = _ => "quick" };
        var seed = new Option<ulong>("--seed") { Description = "Of scenes and weights.", DefaultValueFactory = _ => 1 };
        var data = new Option<string>("--data") { Description = "Folder with classes.csv, the catalogue pictures and the photos.", DefaultValueFactory = _ => DefaultData() };
        var shapes = new Option<string?>("--shapes") { Description = "CSV of name and shape: what is known of the products beside one picture each; that of the model that ships if left out." };
        var folder = new Option<string?>("--out") { Description = "Folder of the run; one that was begun is gone on with." };
        var evaluate = new Option<string?>("--evaluate") { Description = "Only scores a model, on the photos of this folder." };
        var labels = new Option<string?>("--labels") { Description = "With --evaluate: CSV of file and class_id." };
        var model = new Option<string?>("--model") { Description = "With --evaluate: folder of the model; the one that ships if left out." };
        var ablations = new Option<bool>("--ablations") { Description = "Instead: what each thing in the pictures is worth, by short runs without it (half an hour of two cores)." };
        var predictions = new Option<string?>("--predictions") { Description = "Writes what each photo was taken for, as CSV." };
        var command = new Command("sku", "31 packaged goods: trains on rendered pictures of their catalogue, tests on phone photos.") { plan, seed, data, shapes, folder, evaluate, labels, model, ablations, predictions };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(evaluate) is { } photos)
            {
                var csv = parsed.GetValue(labels) ?? throw new NeuroException("bench.no_labels", "--evaluate needs --labels FILE: a CSV with the columns file and class_id.");
                using var known = Classifier.Load(parsed.GetValue(model) ?? Shipped(), Environment.ProcessorCount, Classifier.OneView);
                Report(known, LabelledImages.FromCsv(photos, Path.GetFullPath(csv)), null, parsed.GetValue(predictions), cancel);
                return 0;
            }

            var images = LabelledImages.FromCsv(parsed.GetValue(data)!, "labels_train.csv", "labels_val.csv"); // Before hours are spent: they are there.
            var catalogue = Catalogue.Load(parsed.GetValue(data)!).WithShapes(parsed.GetValue(shapes) ?? Path.Combine(Shipped(), "shapes.csv"));
            var chosen = RecognitionPlan.Of(parsed.GetValue(plan)!);
            await (parsed.GetValue(ablations)
                ? BenchAblations.RunAsync(catalogue, images, parsed.GetValue(seed), parsed.GetValue(folder), cancel)
                : RunAsync(catalogue, images, chosen, parsed.GetValue(seed), parsed.GetValue(folder), parsed.GetValue(predictions), cancel));
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(Catalogue catalogue, LabelledImages photos, RecognitionPlan plan, ulong seed, string? folder, string? predictions, CancellationToken cancel)
    {
        folder ??= Path.Combine("artifacts", "bench", Line($"sku-{plan.Name}-{seed}"));
        Console.WriteLine(Line($"{catalogue.Products.Count} products, setting {plan.Name}, seed {seed}, in {folder}."));
        var (watch, processor) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
        var trained = await TrainAsync("learning from rendered pictures", catalogue, plan, seed, folder, cancel);
        var minutes = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMinutes;
        Console.WriteLine(Line($"{trained.Scenes:N0} scenes rendered, {trained.Samples:N0} samples seen; steps waited {trained.WaitShare:0.0 %} of the time; {watch.Elapsed.TotalMinutes:0} minutes, {minutes:0} of processor, in this run."));
        using var model = Classifier.Load(trained.Model.Folder, Environment.ProcessorCount, Classifier.OneView);
        var threshold = Recognition.Threshold(model, catalogue, plan, Coverage, seed);
        var metrics = Report(model, photos, threshold, predictions, cancel);
        SavedModel.Record(trained.Model.Folder, Line($"neuro bench sku --setting {plan.Name} --seed {seed}"), new Dictionary<string, double>
        {
            ["photos.top1"] = metrics.Top(1).Value, ["photos.top5"] = metrics.Top(5).Value, ["photos.macro"] = metrics.Confusion.MacroRecall, ["photos.n"] = metrics.Count, ["threshold"] = threshold,
        });
        await CompareAsync(catalogue, photos, trained.Model.Folder, folder, seed, cancel);
    }

    internal static Task<Recogniser> TrainAsync(string what, Catalogue catalogue, RecognitionPlan plan, ulong seed, string folder, CancellationToken cancel) => LongWork.RunAsync(
        what, Thousandths, done => Recognition.Train(catalogue, plan, seed, folder, new ImmediateProgress<RecognitionProgress>(step => done.Report((int)(Thousandths * step.Done))), cancel));

    /// <summary>What can be had without training, and what real photos would add.</summary>
    private static async Task CompareAsync(Catalogue catalogue, LabelledImages photos, string model, string folder, ulong seed, CancellationToken cancel)
    {
        var metrics = await LongWork.RunAsync("comparing keypoints with the catalogue pictures", photos.Count, done =>
        {
            var (matcher, metrics) = (new KeypointMatcher(catalogue), new ClassificationMetrics(catalogue.Products.Count));
            foreach (var (photo, votes) in photos.Read().AsParallel().AsOrdered().WithCancellation(cancel).Select(photo => (photo, matcher.Votes(photo.Image))))
            {
                metrics.Add(votes, photo.ClassId);
                done.Report(metrics.Count);
            }

            return metrics;
        });
        Console.WriteLine(Line($"Without training, by the keypoints that photos share with the catalogue pictures (SIFT): {Said(metrics.Top(1))}."));
        var tuned = await LongWork.RunAsync("training further on real photos", Photos.Length, done => FineTuning.Measure(model, photos, Photos, seed, Path.Combine(folder, "photos"), done, cancel));
        Console.WriteLine(Line($"Trained further on real photos, and tested on the {tuned[0].Top1.Count} others: {string.Join("; ", tuned.Select(one => Line($"{one.Photos} photos {Said(one.Top1)}")))}."));
    }

    private static string Said(Proportion top1) => Line($"top-1 {top1.Value:0.0 %}, 95 % interval {top1.Low:0.0 %} to {top1.High:0.0 %}");

    private static ClassificationMetrics Report(Classifier model, LabelledImages photos, double? threshold, string? predictions, CancellationToken cancel)
    {
        var rows = new List<(string File, int Actual, int Predicted, double Confidence)>();
        var metrics = new ClassificationMetrics(model.Classes.Count);
        foreach (var (photo, probabilities) in Evaluator.Predictions(model, photos, cancel: cancel))
        {
            metrics.Add(probabilities, photo.ClassId);
            rows.Add((photo.File, photo.ClassId, Array.IndexOf(probabilities, probabilities.Max()), probabilities.Max()));
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("class", "photos", "right", "most often taken for");
        foreach (var of in rows.GroupBy(row => row.Actual).OrderBy(of => (double)of.Count(row => row.Predicted == of.Key) / of.Count()))
        {
            var wrong = of.Where(row => row.Predicted != of.Key).GroupBy(row => row.Predicted).MaxBy(other => other.Count());
            table.AddRow(model.Classes[of.Key].EscapeMarkup(), Line($"{of.Count()}"), Line($"{(double)of.Count(row => row.Predicted == of.Key) / of.Count():0.0 %}"), wrong is null ? "" : Line($"{model.Classes[wrong.Key]} ({wrong.Count()})").EscapeMarkup());
        }

        AnsiConsole.Write(table);
        if (predictions is not null)
        {
            File.WriteAllLines(predictions, rows.Select(row => Line($"{Csv.Quoted(row.File)},{row.Predicted},{Csv.Quoted(model.Classes[row.Predicted])},{row.Confidence:0.0000}")).Prepend("file,class_id,name,confidence"));
        }

        var top1 = metrics.Top(1);
        Console.WriteLine(Line($"{model.Name} at {model.Size} px, one view, on {photos.Name}: {Said(top1)}."));
        if (threshold is { } least)
        {
            var sure = SelectiveAccuracy.At(metrics.Outcomes, least);
            Console.WriteLine(Line($"Where it is sure by a threshold from rendered pictures ({least:0.000}): {sure.Accuracy.Value:0.0 %} of the {sure.Coverage:0.0 %} that it answers."));
        }

        Console.WriteLine(Line($"sku top1={100 * top1.Value:0.00} top5={100 * metrics.Top(5).Value:0.00} macro={100 * metrics.Confusion.MacroRecall:0.00} n={metrics.Count}"));
        return metrics;
    }

    private static string DefaultData() => Path.Combine(Environment.GetEnvironmentVariable("NEURO_BENCH_DIR") ?? Path.Combine("..", "shared", "bench"), "sku");

    private static string Shipped() => Path.Combine("datasets", "models", "sku");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
