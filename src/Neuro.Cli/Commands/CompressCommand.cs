using System.CommandLine;
using System.Globalization;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Compression;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro models compress</c>: smaller and faster models of one, and a table of what each costs and knows.</summary>
internal static class CompressCommand
{
    private const int Thousandths = 1000;

    private static readonly Dictionary<string, Func<int, int, double, ModelSpec>> Pupils = new()
    {
        ["squeezenet1.1"] = Zoo.SqueezeNet,
        ["mobilenet-v2"] = Zoo.MobileNetV2,
    };

    public static Command Create()
    {
        var model = new Argument<string>("folder") { Description = "Folder of a model that classifies a catalogue's products." };
        var catalogue = new Option<string>("--catalogue") { Description = "The catalogue that it was trained for; what is learnt from is rendered.", Required = true };
        var folder = new Option<string>("--out") { Description = "Folder for the models; a run that was stopped is gone on with.", Required = true };
        var reduce = Several<double>("--reduce", "How many times fewer multiply-accumulates a pruned model takes; may be given more than once.", 2, 3);
        var pupils = Several<string>("--pupil", $"A model to teach, {string.Join(" or ", Pupils.Keys)}; may be given more than once.");
        var width = new Option<double>("--pupil-width") { Description = "Scales a pupil's channels.", DefaultValueFactory = _ => 0.5 };
        var epochs = new Option<int>("--epochs") { Description = "Epochs that a pruned model learns on; a pupil learns twice as many; 0 to quantise alone.", DefaultValueFactory = _ => 8 };
        var samples = new Option<int>("--samples") { Description = "Samples an epoch.", DefaultValueFactory = _ => 8192 };
        var seed = new Option<ulong>("--seed") { Description = "Of the scenes; another than the model learnt from.", DefaultValueFactory = _ => 1000 };
        var photos = new Option<string?>("--photos") { Description = "Folder of photos to measure on too." };
        var labels = Several<string>("--labels", "With --photos: CSV files of file and class_id, in that folder.");
        var threads = new Option<int>("--threads") { Description = "Threads of OnnxRuntime for the times.", DefaultValueFactory = _ => 1 };
        var command = new Command("compress", "Prunes, distils and quantises a model, and measures what is left.")
        {
            model, catalogue, folder, reduce, pupils, width, epochs, samples, seed, photos, labels, threads,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var count = ModelsCommand.CheckThreads(parsed.GetValue(threads));
            var (whole, products) = (SavedModel.Open(parsed.GetValue(model)!).Spec, Catalogue.Load(parsed.GetValue(catalogue)!));
            var real = Photos(parsed.GetValue(photos), parsed.GetValue(labels)!);
            var plan = new CompressionPlan
            {
                Reductions = parsed.GetValue(epochs) == 0 ? [] : parsed.GetValue(reduce)!,
                Pupils = parsed.GetValue(epochs) == 0 ? [] : [.. parsed.GetValue(pupils)!.Select(name => Pupil(name, whole, parsed.GetValue(width)))],
                FineTuning = new() { Epochs = parsed.GetValue(epochs), LearningRate = 1e-3, Seed = parsed.GetValue(seed) },
                Schooling = new() { Epochs = 2 * parsed.GetValue(epochs), Seed = parsed.GetValue(seed) },
            };
            using var stream = Compressor.Rendered(products, whole.Input[1], parsed.GetValue(seed), parsed.GetValue(samples));
            var models = await LongWork.RunAsync(
                "learning to be smaller", Thousandths,
                done =>
                {
                    var share = new ImmediateProgress<double>(share => done.Report((int)(Thousandths * share)));
                    return Compressor.Run(parsed.GetValue(model)!, stream, parsed.GetValue(folder)!, plan, share, cancel);
                });
            Print(models, stream, real, count, cancel);
            return 0;
        });
        return command;
    }

    private static LabelledImages? Photos(string? folder, string[] labels) =>
        folder is null ? null
        : labels.Length > 0 ? LabelledImages.FromCsv(folder, labels)
        : throw new NeuroException("compression.no_labels", "--photos needs --labels FILE: a CSV in that folder with the columns file and class_id.");

    private static ModelSpec Pupil(string name, ModelSpec whole, double width) =>
        !Pupils.TryGetValue(name, out var make)
            ? throw new NeuroException("compression.unknown_pupil", $"There is no pupil '{name}'; choose from {string.Join(", ", Pupils.Keys)}.")
        : width is not (> 0 and <= 4)
            ? throw new NeuroException("compression.width", FormattableString.Invariant($"--pupil-width is {width}; expected a number above 0, up to 4."))
        : make(whole.Classes, whole.Input[1], width);

    private static Option<T[]> Several<T>(string name, string description, params T[] usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual, AllowMultipleArgumentsPerToken = true };

    private static void Print(IReadOnlyList<CompressedModel> models, CropData data, LabelledImages? photos, int threads, CancellationToken cancel)
    {
        // Narrow: eighty characters hold the longest names.
        var table = new Table { Border = TableBorder.Minimal };
        table.AddColumn(new TableColumn("model").NoWrap().PadRight(0));
        string[] columns = ["rendered", .. photos is null ? Array.Empty<string>() : ["photos"], "MACs", "numbers", "MB", "ms", "faster"];
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap().PadLeft(0).PadRight(0));
        }

        TimeSpan? whole = null;
        foreach (var model in models)
        {
            var time = model.Latency(threads);
            whole ??= time;
            string[] onPhotos = photos is null ? [] : [Line($"{OnPhotos(model, photos, threads, cancel):0.0 %}")];
            table.AddRow([
                model.Name.EscapeMarkup(), Line($"{model.Accuracy(data, threads):0.0 %}"), .. onPhotos,
                LayerText.Count(model.Spec.Macs), LayerText.Count(model.Spec.Parameters),
                Line($"{model.Bytes / 1e6:0.00}"), Line($"{time.TotalMilliseconds:0.00}"), Line($"{whole.Value / time:0.00} ×"),
            ]);
        }

        AnsiConsole.Write(table);
        Console.WriteLine(Line($"rendered: right of {data.ValidationSamples:N0} products in scenes that none has learnt from."));
        if (photos is not null)
        {
            Console.WriteLine(Line($"photos: right of {photos.Count:N0}, one view."));
        }

        var machine = $"{threads} {(threads == 1 ? "thread" : "threads")}, processor {(Compressor.HasVnni ? "with" : "without")} VNNI";
        Console.WriteLine($"numbers: trained parameters. MB: the ONNX file. ms: the median of one sample in OnnxRuntime, {machine}.");
    }

    private static double OnPhotos(CompressedModel model, LabelledImages photos, int threads, CancellationToken cancel)
    {
        using var classifier = model.Load(threads, Classifier.OneView);
        return Evaluator.Evaluate(classifier, photos, cancel: cancel).Top1;
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
