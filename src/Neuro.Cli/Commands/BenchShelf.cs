using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Neuro.Cli.Terminal;
using Neuro.Client.Models;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Dense;
using Neuro.Learning.Detection;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Training;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro bench shelf</c>: a detector of products of whatever kind, taught by rendered shelves, measured on imported pictures, or on shelves of another seed.</summary>
internal static class BenchShelf
{
    private const int Thousandths = 1000;

    /// <summary>Labels of rendered products that are hidden more than this are ignored, as in training.</summary>
    private const double LeastVisibility = 0.25;

    private static readonly Option<string> CatalogueFolder = new("--catalogue") { Description = "The products of the shelves.", DefaultValueFactory = _ => Path.Combine("datasets", "corner-shop") };
    private static readonly Option<string?> Data = new("--data") { Description = "Folder of labelled pictures to measure on; rendered shelves of another seed if left out." };
    private static readonly Option<string> Format = new("--format") { Description = $"With --data: one of {string.Join(", ", DatasetFormats.Names)}.", DefaultValueFactory = _ => "coco" };
    private static readonly Option<string> Model = new("--model") { Description = "A detector of the zoo.", DefaultValueFactory = _ => "yolo-nano" };
    private static readonly Option<int> Size = new("--size") { Description = "Side in pixels of its input.", DefaultValueFactory = _ => 256 };
    private static readonly Option<int> Images = new("--images") { Description = "Shelves to learn from.", DefaultValueFactory = _ => 200 };
    private static readonly Option<int> HeldOut = new("--held-out") { Description = "Without --data: shelves to measure on.", DefaultValueFactory = _ => 40 };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "Passes over them.", DefaultValueFactory = _ => 30 };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Of scenes and weights; those to measure on have the next.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder of the run; one that was begun is gone on with." };

    public static Command Create()
    {
        var command = new Command("shelf", "Products of whatever kind: trains on rendered shelves, measures boxes on pictures that you have, or on held-out shelves.")
            { CatalogueFolder, Data, Format, Model, Size, Images, HeldOut, Epochs, Seed, Out };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (seed, name, size) = (parsed.GetValue(Seed), parsed.GetValue(Model)!, parsed.GetValue(Size));
        var folder = parsed.GetValue(Out) ?? Path.Combine("artifacts", "bench", Line($"shelf-{name}-{seed}"));
        // Before minutes are spent: they are there.
        var photos = parsed.GetValue(Data) is { } data ? DatasetImport.Run(DatasetFormats.Parse(parsed.GetValue(Format)!), data) : null;
        var catalogue = Catalogue.Load(parsed.GetValue(CatalogueFolder)!);
        var (watch, processor) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);

        var shelves = await RenderAsync(catalogue, seed, parsed.GetValue(Images), Path.Combine(folder, "shelves"), cancel);
        var spec = TrainCommand.SpecFor(name, 1, size);
        var pictures = await LongWork.RunAsync("reading shelves", 1, _ => PictureSet.FromShards(shelves, size, seed, new() { ClassAgnostic = true }, cancel));
        var options = TrainingOptions.For(spec.Task) with { Epochs = parsed.GetValue(Epochs), Seed = seed };
        await LongWork.RunAsync($"training {spec.Name}", Thousandths, done => Trainer.Train(
            spec, pictures, options, Path.Combine(folder, "model"), new ImmediateProgress<TrainingPoint>(point => done.Report((int)((long)Thousandths * point.Step / point.Steps))), cancel));

        using var detector = Detector.Load(Path.Combine(folder, "model"));
        var held = photos is not null ? Labelled(photos) : Labelled(Dataset.Open(await RenderAsync(catalogue, seed + 1, parsed.GetValue(HeldOut), Path.Combine(folder, "held-out"), cancel)));
        var count = photos?.Images.Count ?? parsed.GetValue(HeldOut);
        var metrics = await LongWork.RunAsync("measuring", count, done => detector.Measure(held, done, cancel));
        var minutes = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMinutes;

        Console.WriteLine($"Measured on {(photos is null ? "held-out rendered shelves, not on photos; give --data for those" : parsed.GetValue(Data))}.");
        Console.WriteLine(Line($"{pictures.Hash[..12]}: {parsed.GetValue(Images)} shelves learnt from; {watch.Elapsed.TotalMinutes:0.0} minutes, {minutes:0.0} of processor, in this run."));
        Console.WriteLine(Line($"shelf model={spec.Name} size={size} AP50={100 * metrics.AveragePrecision(0.5):0.00} AP={100 * metrics.AveragePrecision():0.00} AR={100 * metrics.AverageRecall():0.00} ")
            + Line($"images={count} minutes={minutes:0.0} seed={seed}"));
        return 0;
    }

    private static async Task<IReadOnlyList<string>> RenderAsync(Catalogue catalogue, ulong seed, int images, string folder, CancellationToken cancel)
    {
        // Cartons of no catalogue carry no label, but are products too.
        var recipe = ShelfRecipe.Default(catalogue) with { Distractors = new() { Unknown = 0 } };
        await LongWork.RunAsync("rendering shelves", images, done => DatasetRenderer.RenderFolder(recipe, catalogue, seed, images, folder, done, cancel));
        return Directory.GetFiles(folder, "*.tar");
    }

    private static IEnumerable<(Image, IReadOnlyList<LabelledObject>)> Labelled(Dataset dataset) => dataset.Images().Select(image =>
        (image.Decode(), (IReadOnlyList<LabelledObject>)[.. image.Labels.Instances.Select(one => LabelledObject.From(one) with { Crowd = one.Visibility < LeastVisibility })]));

    private static IEnumerable<(Image, IReadOnlyList<LabelledObject>)> Labelled(ExternalDataset dataset) => dataset.Images.Select(image =>
        (image.Decode(), (IReadOnlyList<LabelledObject>)[.. image.Objects.Select(one =>
            new LabelledObject(one.ClassId, new(one.Box.X, one.Box.Y, one.Box.Width, one.Box.Height), image.MaskOf(one)?.Area ?? (one.Box.Width * one.Box.Height)))]));

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
