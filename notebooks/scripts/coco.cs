#:project ../../src/Neuro.Cli
#:property PublishAot=false

// A dataset as COCO, rendered on this machine: dotnet run notebooks/scripts/coco.cs [-- images [folder]]
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Recipes;

var images = args.Length > 0 ? int.Parse(args[0]) : 100;
var folder = args.Length > 1 ? args[1] : "artifacts/coco";

var catalogue = Catalogue.Load("datasets/corner-shop");
var recipe = ShelfRecipe.Default(catalogue) with { Width = 640, Height = 480 };
var shards = Path.Combine(folder, "shards");
var card = DatasetRenderer.RenderFolder(recipe, catalogue, seed: 1, images, shards, null, CancellationToken.None);
var written = DatasetExport.Run(Dataset.Open(shards), DatasetFormat.Coco, Path.Combine(folder, "coco"));

Console.WriteLine($"{images} images of {catalogue.Products.Count} products, recipe {recipe.Hash[..12]}, in {folder}:");
foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "coco"), "*.json", SearchOption.AllDirectories).Order())
{
    Console.WriteLine($"  {Path.GetRelativePath(folder, file)}  {new FileInfo(file).Length / 1000.0:N0} kB");
}
