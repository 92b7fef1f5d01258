using System.CommandLine;
using System.Globalization;
using Neuro.Cli.Terminal;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Recipes;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro datasets</c>: renders a dataset on this machine, says what is in one, and carries them to and from the formats of others.</summary>
internal static class DatasetsCommand
{
    private const int ClassesShown = 10;

    public static Command Create() => new("datasets", "Datasets on this machine.") { Render(), Info(), Export(), Import() };

    private static Command Render()
    {
        var catalogue = new Option<string>("--catalogue") { Description = "Folder of the products.", Required = true };
        var recipe = new Option<string?>("--recipe") { Description = "JSON file of the recipe; the default recipe if left out." };
        var seed = new Option<ulong>("--seed") { Description = "Another seed, other scenes.", DefaultValueFactory = _ => 1 };
        var images = new Option<int>("--images") { Description = "How many.", Required = true };
        var folder = new Option<string>("--out") { Description = "Folder of the dataset; one that was begun is gone on with.", Required = true };
        var command = new Command("render", "Renders images with their labels into a folder.") { catalogue, recipe, seed, images, folder };
        command.SetAction((parsed, cancel) => RenderAsync(
            parsed.GetValue(catalogue)!, parsed.GetValue(recipe), parsed.GetValue(seed), parsed.GetValue(images), parsed.GetValue(folder)!, cancel));
        return command;
    }

    private static async Task<int> RenderAsync(string catalogueFolder, string? recipeFile, ulong seed, int images, string folder, CancellationToken cancel)
    {
        var catalogue = Catalogue.Load(catalogueFolder);
        Recipe recipe = recipeFile is null ? ShelfRecipe.Default(catalogue) : Recipe.Parse(await File.ReadAllTextAsync(recipeFile, cancel));
        try
        {
            var card = await LongWork.RunAsync("rendering", images, done => DatasetRenderer.RenderFolder(recipe, catalogue, seed, images, folder, done, cancel));
            Console.WriteLine(Line($"{folder}: {card.Images:N0} images, {card.Objects:N0} labelled products, {card.Audit.Mismatches:N0} label mismatches."));
            return 0;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Stopped. Whole shards are kept in {folder}; the same command goes on after them.");
            return 130;
        }
    }

    private static Command Info()
    {
        var folder = new Argument<string>("folder") { Description = "Folder of the dataset." };
        var command = new Command("info", "Says what is in a dataset.") { folder };
        command.SetAction(parsed =>
        {
            Describe(parsed.GetValue(folder)!);
            return 0;
        });
        return command;
    }

    private static void Describe(string folder)
    {
        var dataset = Dataset.Open(folder);
        var card = DataCard.Read(folder);
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns(card?.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), "");
        table.AddRow("images", Line($"{dataset.Count:N0} in {dataset.Shards.Count:N0} {(dataset.Shards.Count == 1 ? "shard" : "shards")}, {dataset.Bytes / 1e6:N1} MB"));
        table.AddRow("labelled products", Line($"{dataset.Objects:N0} of {dataset.ClassNames.Count:N0} classes"));
        table.AddRow("recipe", dataset.RecipeHash);
        table.AddRow("seed", Line($"{dataset.Seed}"));
        if (card is not null)
        {
            table.AddRow(new Text("catalogue"), new Text($"{card.Catalogue}, {card.CatalogueHash}"));
        }

        table.AddRow("audit when written", Line($"{dataset.Audit.Boxes:N0} instances derived again, {dataset.Audit.Mismatches:N0} mismatches"));
        var largest = dataset.ClassHistogram.Select((count, id) => (Count: count, Name: dataset.ClassNames[id])).OrderByDescending(one => one.Count).Take(ClassesShown);
        table.AddRow(new Text("classes"), new Text(string.Join('\n', largest.Select(one => Line($"{one.Count,8:N0}  {one.Name}")))));
        AnsiConsole.Write(table);
    }

    private static Command Export()
    {
        var folder = new Argument<string>("folder") { Description = "Folder of the dataset." };
        var format = new Option<string>("--format") { Description = $"One of {string.Join(", ", DatasetFormats.Names)}.", Required = true };
        var target = new Option<string>("--out") { Description = "A new folder.", Required = true };
        var visibility = new Option<double>("--min-visibility") { Description = "The least visible share of a product, 0 to 1." };
        var size = new Option<int>("--min-size") { Description = "The least longer side of its box in pixels." };
        var truncation = new Option<double>("--max-truncation") { Description = "The most of it outside the frame, 0 to 1.", DefaultValueFactory = _ => 1 };
        var classes = new Option<string[]>("--class") { Description = "A class to export; may be repeated, all if left out.", AllowMultipleArgumentsPerToken = false };
        var command = new Command("export", "Writes a dataset in a format of others.") { folder, format, target, visibility, size, truncation, classes };
        command.SetAction(async (parsed, cancel) =>
        {
            var dataset = Dataset.Open(parsed.GetValue(folder)!);
            var filter = new ExportFilter
            {
                MinVisibility = parsed.GetValue(visibility),
                MinSize = parsed.GetValue(size),
                MaxTruncation = parsed.GetValue(truncation),
                Classes = parsed.GetValue(classes) ?? [],
            };
            var kind = DatasetFormats.Parse(parsed.GetValue(format)!);
            var objects = await LongWork.RunAsync("exporting", dataset.Count, done => DatasetExport.Run(dataset, kind, parsed.GetValue(target)!, filter, done, cancel));
            Console.WriteLine(Line($"{parsed.GetValue(target)}: {dataset.Count:N0} images, {objects:N0} of {dataset.Objects:N0} labelled products."));
            return 0;
        });
        return command;
    }

    private static Command Import()
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a dataset in another format." };
        var format = new Option<string>("--format") { Description = $"One of {string.Join(", ", DatasetFormats.Names)}.", Required = true };
        var command = new Command("import", "Reads a dataset in a format of others, checks every label and says what is in it.") { folder, format };
        command.SetAction(parsed =>
        {
            var read = DatasetImport.Run(DatasetFormats.Parse(parsed.GetValue(format)!), parsed.GetValue(folder)!);
            Console.WriteLine(Line($"{parsed.GetValue(folder)}: {read.Images.Count:N0} images, {read.Images.Sum(image => (long)image.Objects.Count):N0} objects, {read.ClassNames.Count:N0} classes."));
            foreach (var split in read.Images.GroupBy(image => image.Split).Where(split => split.Key.Length > 0))
            {
                Console.WriteLine(Line($"  {split.Key}: {split.Count():N0} images"));
            }

            if (read.CoarseNames.Count > 0)
            {
                Console.WriteLine(Line($"  {read.CoarseNames.Count:N0} coarse classes: {string.Join(", ", read.CoarseNames.Take(ClassesShown))}{(read.CoarseNames.Count > ClassesShown ? " …" : "")}"));
            }

            return 0;
        });
        return command;
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
