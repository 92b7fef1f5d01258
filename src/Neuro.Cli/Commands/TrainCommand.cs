using System.CommandLine;
using System.Globalization;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Dense;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Neuro.Node.Benchmark;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro train</c>: trains a model on this machine, on a dataset or on scenes that are rendered meanwhile, and leaves a run folder.</summary>
internal static class TrainCommand
{
    private const int Thousandths = 1000;
    private const int MostSettings = 1 << 20;

    private static readonly Option<string> Model = new("--model")
        { Description = "A model of the zoo, the file of a spec, or the folder of a model to start from.", Required = true };
    private static readonly Option<string?> DatasetFolder = new("--dataset") { Description = "Folder of a rendered dataset." };
    private static readonly Option<string?> CatalogueFolder = new("--catalogue")
        { Description = "In place of a dataset: the products, whose scenes are rendered while the model learns." };
    private static readonly Option<string[]> Recipes = new("--recipe") { Description = "With --catalogue: JSON file of a recipe; may be repeated, shelves if left out." };
    private static readonly Option<int?> Samples = new("--samples") { Description = "With --catalogue: samples an epoch." };
    private static readonly Option<bool> ClassAgnostic = new("--class-agnostic") { Description = "With --dataset and a detector: all products are one class." };
    private static readonly Option<int?> Signals = new("--signals") { Description = "For a model of signals: so many synthetic tones." };
    private static readonly Option<string> Out = new("--out") { Description = "Folder of the run; one that was begun is gone on with.", Required = true };
    private static readonly Option<int?> Size = new("--size") { Description = "Side in pixels of a zoo model's input; the one it is published for if left out." };
    private static readonly Option<string?> Settings = new("--settings")
        { Description = "JSON file of the training's options, such as a run's settings.json; the options here come before it." };
    private static readonly Option<int?> Epochs = new("--epochs") { Description = "Passes over the samples." };
    private static readonly Option<int?> Batch = new("--batch") { Description = "Samples a step." };
    private static readonly Option<double?> Rate = new("--rate") { Description = "The highest learning rate." };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Of scenes, weights and draws." };
    private static readonly Option<int?> Threads = new("--threads") { Description = "Threads, one a core if left out." };
    private static readonly Option<TimeSpan?> TimeLimit = new("--time-limit")
        { Description = "The run ends before an epoch that would take it beyond this, such as 00:30:00." };
    private static readonly Option<bool> Check = new("--check") { Description = "Only looks at samples and model, and says how long it would take." };
    private static readonly Option<bool> FindRate = new("--find-rate") { Description = "Only looks for a learning rate." };

    public static Command Create()
    {
        var command = new Command("train", "Trains a model on this machine; leaves it with results, curves and figures in a folder.")
        {
            Model, DatasetFolder, CatalogueFolder, Recipes, Samples, ClassAgnostic, Signals, Out, Size, Settings, Epochs, Batch, Rate, Seed, Threads, TimeLimit, Check, FindRate,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var folder = parsed.GetValue(Out)!;
        var (spec, start, data) = await LongWork.RunAsync("reading samples", 1, _ => Open(parsed, cancel));
        var options = OptionsOf(parsed, spec.Task);
        using var stream = data as SceneStream;
        if (parsed.GetValue(Check))
        {
            return await CheckAsync(spec, data, options, start, cancel);
        }

        if (parsed.GetValue(FindRate))
        {
            return await FindRateAsync(spec, data, options, start, folder, cancel);
        }

        var told = (IProgress<int> done) => new ImmediateProgress<TrainingPoint>(point => done.Report((int)((long)Thousandths * point.Step / point.Steps)));
        try
        {
            var trained = await LongWork.RunAsync(
                $"training {spec.Name}", Thousandths,
                done => Trainer.Train(spec, data, options, folder, told(done), cancel, start: start));
            Report(trained);
            return 0;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Stopped. Whole epochs are kept in {folder}; the same command goes on after them.");
            return 130;
        }
    }

    private static TrainingOptions OptionsOf(ParseResult parsed, ModelTask task)
    {
        var options = parsed.GetValue(Settings) is { } file ? TrainingOptions.Parse(Text(file)) : TrainingOptions.For(task);
        return options with
        {
            Epochs = parsed.GetValue(Epochs) ?? options.Epochs,
            BatchSize = parsed.GetValue(Batch) ?? options.BatchSize,
            LearningRate = parsed.GetValue(Rate) ?? options.LearningRate,
            Seed = parsed.GetValue(Seed) ?? options.Seed,
            Threads = parsed.GetValue(Threads) ?? options.Threads,
            TimeLimit = parsed.GetValue(TimeLimit) ?? options.TimeLimit,
        };
    }

    private static (ModelSpec Spec, string? Start, TrainingData Data) Open(ParseResult parsed, CancellationToken cancel)
    {
        var seed = OptionsOf(parsed, ModelTask.Classify).Seed;
        var (name, size) = (parsed.GetValue(Model)!, parsed.GetValue(Size));
        var start = Directory.Exists(name) ? name : null;
        switch (parsed.GetValue(DatasetFolder), parsed.GetValue(CatalogueFolder))
        {
            case (null, null) when parsed.GetValue(Signals) is { } signals:
                var model = SavedModel.Open(name, null, size).Spec;
                return (model, start, new ToneSet(signals, model.Input[^1], seed));
            case ({ } folder, null):
                var classes = parsed.GetValue(ClassAgnostic) ? 1 : Dataset.Open(folder).ClassNames.Count;
                var spec = SpecFor(name, classes, size);
                var shards = Directory.EnumerateFiles(folder, "*.tar");
                return (spec, start, spec.Task == ModelTask.Classify
                    ? CropSet.FromShards(shards, spec.Input[^1], seed, cancel: cancel)
                    : PictureSet.FromShards(shards, spec.Input[^1], seed, new() { ClassAgnostic = parsed.GetValue(ClassAgnostic) }, cancel));
            case (null, { } folder):
                var catalogue = Catalogue.Load(folder);
                spec = SavedModel.Open(name, catalogue.Products.Count, size).Spec;
                IReadOnlyList<Recipe> recipes = parsed.GetValue(Recipes) is { Length: > 0 } files
                    ? [.. files.Select(file => Recipe.Parse(Text(file)))]
                    : [ShelfRecipe.Default(catalogue)];
                var options = parsed.GetValue(Samples) is { } samples ? new StreamOptions { SamplesPerEpoch = samples } : new();
                return (spec, start, new SceneStream(catalogue, [.. recipes.Select(recipe => (recipe, 1.0))], spec.Input[^1], seed, options));
            default:
                throw new NeuroException("training.no_data",
                    "Give one of --dataset FOLDER, to learn from rendered pictures, --catalogue FOLDER, to render them meanwhile, and --signals COUNT, for a model of signals.");
        }
    }

    /// <summary>The model for so many classes of things, and the background where it has one.</summary>
    internal static ModelSpec SpecFor(string name, int classes, int? size)
    {
        var spec = SavedModel.Open(name, Math.Max(2, classes), size).Spec;
        return spec.Classes == classes + (spec.HasBackground ? 1 : 0) ? spec : SavedModel.Open(name, classes + (spec.HasBackground ? 1 : 0), size).Spec;
    }

    private static async Task<int> CheckAsync(ModelSpec spec, TrainingData data, TrainingOptions options, string? start, CancellationToken cancel)
    {
        var report = await LongWork.RunAsync("looking", 1, _ => Preflight.Run(spec, data, options, cancel, start));
        Console.WriteLine(report.ToText());
        Console.WriteLine($"On the platform {Cu.Of(ReferenceNode.TrainCu(report.Samples, spec.Macs))} CU; a quote says what they cost now.");
        return report.IsReady ? 0 : 1;
    }

    private static async Task<int> FindRateAsync(ModelSpec spec, TrainingData data, TrainingOptions options, string? start, string folder, CancellationToken cancel)
    {
        var test = await LongWork.RunAsync("looking for a learning rate", 1, _ => RangeTest.Run(spec, data, options, cancel: cancel, start: start));
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "range-test.svg");
        await File.WriteAllTextAsync(path, test.ToSvg(), cancel);
        Console.WriteLine(Line($"The loss was lowest at {10 * test.Suggested:0.0e+0}; try --rate {test.Suggested:0.0e+0}. Drawn in {path}."));
        return 0;
    }

    private static void Report(TrainedModel trained)
    {
        foreach (var note in trained.Notes)
        {
            Console.WriteLine(note);
        }

        var last = trained.Card.Epochs[^1];
        var held = last.ValidationAccuracy is not { } accuracy ? "too few pictures to hold some back"
            : last.Measures is { } measures ? Line($"on {trained.Card.ValidationCrops:N0} held-back pictures {string.Join(", ", measures.Select(one => Line($"{one.Key} {one.Value:0.000}")))}")
            : Line($"{accuracy:0.0 %} right on {trained.Card.ValidationCrops:N0} held-back samples");
        Console.WriteLine(Line($"{trained.Spec.Name}: loss {last.Loss:0.000} after epoch {last.Epoch}, {held}; steps waited {trained.WaitShare:0.0 %} of the time for samples."));
        Console.WriteLine($"{trained.Folder}: {(trained.Spec.IsByRegions ? "" : "model.onnx, ")}model.safetensors, card.json, results.csv, and figures as .svg.");
    }

    private static string Text(string file) => new FileInfo(file) is { Exists: true, Length: <= MostSettings }
        ? File.ReadAllText(file)
        : throw new NeuroException("training.file_missing", $"{file} is not there, or larger than {MostSettings >> 20} MB; give a JSON file.");

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
