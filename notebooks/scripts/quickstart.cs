#:project ../../src/Neuro.Cli
#:property PublishAot=false

// The quick start as a script: dotnet run notebooks/scripts/quickstart.cs [-- images [epochs]]
using Neuro.Cli.Embedding;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Exchange;
using Neuro.Learning.Zoo;

var images = args.Length > 0 ? int.Parse(args[0]) : 600;
var epochs = args.Length > 1 ? int.Parse(args[1]) : 7;
using var ctrlC = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) => { pressed.Cancel = true; ctrlC.Cancel(); };
var cancel = ctrlC.Token;

await using var platform = await EmbeddedPlatform.StartAsync(cancel: cancel);
await using var neuro = await NeuroClient.ConnectAsync(cancel: cancel);
await neuro.BuyAsync(Ntk.Of(1000), cancel);
Console.WriteLine($"Balance: {(await neuro.BalanceAsync(cancel)).Available} NTK");

var catalogue = Catalogue.Load("datasets/corner-shop");
var recipe = ShelfRecipe.Default(catalogue);
await neuro.Artifacts.UploadAsync(catalogue.Pack(), "catalogue.tar", cancel: cancel);

var render = await OrderAsync(new RenderSpec(recipe.ToJson(), seed: 2017, images));
var dataset = await neuro.DatasetAsync(render, cancel);
Console.WriteLine($"Dataset: {dataset.Count} images, {dataset.Bytes / 1e6:0.0} MB, recipe {dataset.RecipeHash[..12]}");

var train = await OrderAsync(new TrainSpec(dataset.Id, Zoo.SmallCnn(catalogue.Products.Count).ToJson(), epochs, seed: 1));
var model = await neuro.ModelAsync(train, cancel);

var folder = Directory.CreateTempSubdirectory("neuro-").FullName;
ModelPackage.Unpack(File.ReadAllBytes(await neuro.DownloadAsync(model, cancel)), folder);
var unseen = Path.Combine(folder, "unseen.tar");
DatasetRenderer.RenderShard(recipe, catalogue, seed: 31, 0, Math.Max(8, images / 10), unseen, null, cancel);
using var classifier = Classifier.Load(folder);
var evaluation = Evaluator.Evaluate(classifier, LabelledImages.FromShards([unseen], classifier.Classes), cancel: cancel);
Console.WriteLine($"Top-1 on {evaluation.Count} unseen products: {evaluation.Top1:P1} ({evaluation.Top1Low:P1} … {evaluation.Top1High:P1})");

var proof = await neuro.Api.GetProofAsync(cancel);
Console.WriteLine($"Balance: {(await neuro.BalanceAsync(cancel)).Available} NTK. All accounts together: {proof.Sum} NTK.");

async Task<Job> OrderAsync(JobSpec spec)
{
    var quote = await neuro.QuoteAsync(spec, cancel: cancel);
    Console.WriteLine($"{quote.Title}: {quote.Price} NTK, at most {quote.Cap}, in about {quote.ExpectedTime.TotalSeconds:0} s on {quote.Pool}");
    var job = await neuro.CompleteAsync(await neuro.OrderAsync(quote, cancel), Show, cancel);
    Console.WriteLine();
    return job;
}

static void Show(JobProgress now) => Console.Write($"\r  {now.Fraction,4:P0}  {now.Detail,-70}");
