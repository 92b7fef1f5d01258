using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Neuro.Cli.Catalogues;
using Neuro.Cli.Embedding;
using Neuro.Cli.Terminal;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Interactive.Figures;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro generators</c>: what is on offer, and making one of your own from a catalogue.</summary>
internal static class GeneratorsCommand
{
    private const string CatalogueHelp = "Folder of the products.";
    private const string PlatformHelp = "The platform's address; the one on this machine if left out. NEURO_API_KEY is your key there.";
    private const int MostPictures = 300;

    public static Command Create() => new("generators", "What datasets can be ordered from, and generators of your own.") { List(), Publish(), Preview(), Labels() };

    private static Command List()
    {
        var platform = new Option<string?>("--platform") { Description = PlatformHelp };
        var command = new Command("list", "Lists the generators on offer.") { platform };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await ConnectAsync(parsed.GetValue(platform), cancel);
            var listed = client is null ? BuiltInGenerators.Listings : await client.GeneratorsAsync(cancel);
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns("name", "what", "products", "by");
            foreach (var one in listed)
            {
                table.AddRow(new Text($"{one.Name} v{one.Version}"), new Text($"{one.Title}. {one.Description}"), new Text(one.Catalogue is null ? "yours" : "its own"), new Text(one.Owner ?? "Neuro"));
            }

            AnsiConsole.Write(table);
            if (client is null)
            {
                Console.WriteLine("No platform runs on this machine; these come with Neuro. Others may be published on a platform.");
            }

            return 0;
        });
        return command;
    }

    private static Command Publish()
    {
        var catalogue = new Option<string>("--catalogue") { Description = CatalogueHelp, Required = true };
        var name = new Option<string?>("--name") { Description = "What it is called on the platform, such as my-shop; the catalogue's name if left out." };
        var generator = new Option<string>("--generator") { Description = $"What it makes by itself: {string.Join(", ", BuiltInGenerators.Names)}.", DefaultValueFactory = _ => ShelfRecipe.Name };
        var licence = new Option<string>("--licence") { Description = "Under which its pictures may be used.", DefaultValueFactory = _ => "not stated" };
        var sheet = new Option<string?>("--out") { Description = "File of the preview; preview.png in the catalogue's folder if left out." };
        var platform = new Option<string?>("--platform") { Description = PlatformHelp };
        var local = new Option<bool>("--local") { Description = "Checks and previews only." };
        var command = new Command("create", "Checks a catalogue, draws a preview, and publishes a generator of its products.") { catalogue, name, generator, licence, sheet, platform, local };
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = parsed.GetValue(catalogue)!;
            var recipeOf = BuiltInGenerators.DefaultOf(parsed.GetValue(generator)!);
            var products = Catalogue.Load(folder);
            await LongWork.RunAsync("checking pictures", CatalogueCheck.PictureCount(products), done => CatalogueCheck.DecodeAll(products, folder, done, cancel));
            foreach (var line in CatalogueCheck.Describe(products))
            {
                Console.WriteLine(line);
            }

            await DrawAsync(BuiltInGenerators.Defaults(products), products, 1, 12, parsed.GetValue(sheet) ?? Path.Combine(folder, "preview.png"), cancel);
            if (parsed.GetValue(local))
            {
                return 0;
            }

            await using var client = await ConnectAsync(parsed.GetValue(platform), cancel);
            if (client is null)
            {
                Console.WriteLine("No platform runs on this machine, so nothing was published. Start one with `neuro up`, or name one with --platform, and run this again.");
                return 0;
            }

            var listed = await PublishAsync(client, parsed.GetValue(name) ?? Slug(products.Name), recipeOf(products), products, parsed.GetValue(licence)!, cancel);
            Console.WriteLine($"Published {listed.Name} v{listed.Version} on {client.Url}. Anyone there can now see its pictures and order from it: #!neuro-quote --generator {listed.Name}");
            return 0;
        });
        return command;
    }

    private static Command Preview()
    {
        var catalogue = new Option<string>("--catalogue") { Description = CatalogueHelp, Required = true };
        var recipe = new Option<string?>("--recipe") { Description = "JSON file of a recipe; the defaults of all generators if left out." };
        var seed = new Option<ulong>("--seed") { Description = "Another seed, other scenes.", DefaultValueFactory = _ => 1 };
        var pictures = new Option<int>("--pictures") { Description = "How many, as many of each generator.", DefaultValueFactory = _ => 12 };
        var sheet = new Option<string>("--out") { Description = "PNG or JPEG file.", Required = true };
        var command = new Command("preview", "Draws a sheet of small pictures.") { catalogue, recipe, seed, pictures, sheet };
        command.SetAction(async (parsed, cancel) =>
        {
            var products = Catalogue.Load(parsed.GetValue(catalogue)!);
            IReadOnlyList<Recipe> recipes = parsed.GetValue(recipe) is { } file ? [Recipe.Parse(await File.ReadAllTextAsync(file, cancel))] : BuiltInGenerators.Defaults(products);
            await DrawAsync(recipes, products, parsed.GetValue(seed), parsed.GetValue(pictures), parsed.GetValue(sheet)!, cancel);
            return 0;
        });
        return command;
    }

    private static Command Labels()
    {
        var catalogue = new Option<string>("--catalogue") { Description = CatalogueHelp, Required = true };
        var folder = new Option<string>("--out") { Description = "Folder of the pictures.", Required = true };
        var command = new Command("labels", "Draws one shelf once with each label over it.") { catalogue, folder };
        command.SetAction(parsed =>
        {
            var products = Catalogue.Load(parsed.GetValue(catalogue)!);
            Directory.CreateDirectory(parsed.GetValue(folder)!);
            foreach (var (name, picture) in LabelFigures.Draw(LabelFigures.Scene(products), products, LabelFigures.Seed, index: 0))
            {
                File.WriteAllBytes(Path.Combine(parsed.GetValue(folder)!, name + ".png"), LabelFigures.Png(name, picture));
            }

            Console.WriteLine($"Drew every label into {parsed.GetValue(folder)}.");
            return 0;
        });
        return command;
    }

    private static async Task DrawAsync(IReadOnlyList<Recipe> recipes, Catalogue catalogue, ulong seed, int pictures, string file, CancellationToken cancel)
    {
        if (pictures < recipes.Count || pictures > MostPictures)
        {
            throw new NeuroException("preview.bad_count", $"--pictures is {pictures}; expected {recipes.Count} to {MostPictures}.");
        }

        var sheet = await Task.Run(() => ContactSheet.Draw(recipes, catalogue, seed, pictures / recipes.Count, cancel), cancel);
        await File.WriteAllBytesAsync(file, Path.GetExtension(file).ToLowerInvariant() is ".jpg" or ".jpeg" ? Codec.Jpeg(sheet) : Codec.Png(sheet), cancel);
        Console.WriteLine($"A preview is in {file}.");
    }

    private static async Task<GeneratorListing> PublishAsync(NeuroClient client, string name, Recipe recipe, Catalogue products, string licence, CancellationToken cancel)
    {
        var packed = products.Pack();
        await client.Artifacts.UploadAsync(packed, $"{products.Name}.tar", "application/x-tar", cancel);
        var what = BuiltInGenerators.Listings.Single(one => one.Name == recipe.Generator);
        var description = string.Create(CultureInfo.InvariantCulture, $"{products.Products.Count:N0} products of {products.Name}. {what.Description}");
        return await client.Api.PublishGeneratorAsync(name, new GeneratorPublication($"{what.Title}: {products.Name}", description, licence, JsonNode.Parse(recipe.ToJson())!.AsObject()), cancel);
    }

    // Null: none was named and none runs here.
    private static async Task<NeuroClient?> ConnectAsync(string? url, CancellationToken cancel)
    {
        try
        {
            return await NeuroClient.ConnectAsync(url, cancel: cancel);
        }
        catch (NeuroException none) when (url is null && none.Code == "platform.not_running")
        {
            return null;
        }
    }

    private static string Slug(string name) =>
        string.Join('-', string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
