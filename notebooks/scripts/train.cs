#:project ../../src/Neuro.Cli
#:property PublishAot=false

// A small model and its curve: dotnet run notebooks/scripts/train.cs [-- images [epochs [folder]]]
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;

var images = args.Length > 0 ? int.Parse(args[0]) : 150;
var epochs = args.Length > 1 ? int.Parse(args[1]) : 6;
var folder = args.Length > 2 ? args[2] : "artifacts/train";

var catalogue = Catalogue.Load("datasets/corner-shop");
var shard = Path.Combine(Directory.CreateTempSubdirectory("neuro-train-").FullName, "seen.tar");
DatasetRenderer.RenderShard(ShelfRecipe.Default(catalogue) with { Width = 480, Height = 360 }, catalogue, seed: 1, first: 0, images, shard, null, CancellationToken.None);
var spec = Zoo.SmallCnn(catalogue.Products.Count, size: 48);
var trained = Trainer.Train(spec, CropSet.FromShards([shard], spec.Input[1], seed: 1), new() { Epochs = epochs, Seed = 1 }, folder);

var losses = trained.Card.Epochs.Select(epoch => epoch.Loss).ToList();
Console.WriteLine($"loss      {Sparkline(losses)}  {losses[0]:0.000} → {losses[^1]:0.000}");
var accuracies = trained.Card.Epochs.Select(epoch => epoch.Accuracy).ToList();
Console.WriteLine($"accuracy  {Sparkline(accuracies)}  {accuracies[0]:P0} → {accuracies[^1]:P0}, on what it learns from");
Console.WriteLine($"{spec.Parameters:N0} parameters, {catalogue.Products.Count} products, in {folder}");

string Sparkline(List<double> values)
{
    var (low, high) = (values.Min(), values.Max());
    return string.Concat(values.Select(value => "▁▂▃▄▅▆▇█"[high > low ? (int)((value - low) / (high - low) * 7) : 0]));
}
