using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Magics;

/// <summary>The recipe and the catalogue that a magic was given, or the ones to take where it was given none.</summary>
/// <param name="Catalogue">None where the platform has the recipe's products and nobody needs to see them here.</param>
internal sealed record RecipeChoice(Recipe Recipe, Catalogue? Catalogue)
{
    public const string RecipeHelp = "A Recipe (@variable) or a recipe file; the generator's default if left out.";
    public const string CatalogueHelp = "A Catalogue (@variable) or its folder; if left out the variable catalogue, else the bundled datasets/corner-shop.";
    public const string GeneratorHelp = "shelf, handheld, tabletop, or one that the platform lists; instead of a recipe.";

    private const int LargestRecipe = 1 << 20;
    private static readonly string Bundled = Path.Combine("datasets", "corner-shop");
    private static readonly string[] BuiltIn = [ShelfRecipe.Name, HandheldRecipe.Name, TabletopRecipe.Name];

    public static IEnumerable<string> Names() => BuiltIn;

    /// <summary>What to quote: of a generator that was published with its products, those stay where they are.</summary>
    /// <exception cref="MagicException">Not a recipe, generator or catalogue, or two that do not belong together.</exception>
    public static async Task<RecipeChoice> ToQuoteAsync(string? generator, object? recipe, object? catalogue, NeuroSession session, IMagicHost host) =>
        await PublishedAsync(generator, recipe, catalogue, session, host) is { } published ? new(RecipeOf(published), null) : Of(generator, recipe, catalogue, host);

    /// <summary>What to render here: the products of a generator that was published with them are downloaded.</summary>
    /// <exception cref="MagicException">Not a recipe, generator or catalogue, or two that do not belong together.</exception>
    public static async Task<RecipeChoice> ToRenderAsync(string? generator, object? recipe, object? catalogue, NeuroSession session, IMagicHost host)
    {
        if (await PublishedAsync(generator, recipe, catalogue, session, host) is not { Catalogue: { } products } published)
        {
            return Of(generator, recipe, catalogue, host);
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        var tar = await client.Artifacts.DownloadAsync(products, host.Cancellation);
        return new(RecipeOf(published), Catalogue.Unpack(await File.ReadAllBytesAsync(tar, host.Cancellation)));
    }

    private static RecipeChoice Of(string? generator, object? recipe, object? catalogue, IMagicHost host)
    {
        var products = CatalogueOf(catalogue, host);
        var chosen = recipe is null ? Default(generator ?? ShelfRecipe.Name, products) : RecipeOf(recipe, host);
        return chosen.Catalogue == products.Hash
            ? new(chosen, products)
            : throw new MagicException(
                "magic.bad_value",
                $"The recipe is for catalogue {chosen.Catalogue[..Math.Min(12, chosen.Catalogue.Length)]}…, but the catalogue given is {products.Name} ({products.Hash[..12]}…). Give the recipe's own with --catalogue, or begin with ShelfRecipe.Default(catalogue).");
    }

    private static Recipe Default(string generator, Catalogue catalogue) => generator switch
    {
        HandheldRecipe.Name => HandheldRecipe.Default(catalogue),
        TabletopRecipe.Name => TabletopRecipe.Default(catalogue),
        _ => ShelfRecipe.Default(catalogue),
    };

    // Null: one of those that every Neuro knows, so no platform is asked.
    private static async Task<GeneratorListing?> PublishedAsync(string? generator, object? recipe, object? catalogue, NeuroSession session, IMagicHost host)
    {
        if (generator is not null && recipe is not null)
        {
            throw new MagicException("magic.syntax", "--generator and --recipe both say what to render; give one of them.");
        }

        if (generator is null || BuiltIn.Contains(generator))
        {
            return null;
        }

        var listed = await ListedAsync(generator, session, host);
        var found = listed.FirstOrDefault(one => one.Name == generator)
            ?? throw new MagicException("magic.bad_value", $"There is no generator '{generator}'.{MagicSpelling.Suggest(generator, listed.Select(one => one.Name), "")} #!neuro-generators lists them.");
        return found.Catalogue is null
            ? throw new MagicException("magic.bad_value", $"The generator '{generator}' comes without products and this Neuro does not know it; expected {string.Join(", ", BuiltIn)} or one that was published with a catalogue.")
            : catalogue is null
                ? found
                : throw new MagicException("magic.bad_value", $"The generator '{generator}' has products of its own; leave --catalogue out.");
    }

    private static async Task<IReadOnlyList<GeneratorListing>> ListedAsync(string generator, NeuroSession session, IMagicHost host)
    {
        try
        {
            return await (await session.ConnectedAsync(host.Cancellation)).GeneratorsAsync(host.Cancellation);
        }
        catch (NeuroException none) when (none.Code == "platform.not_running")
        {
            throw new MagicException(
                "magic.bad_value", $"'{generator}' is none of {string.Join(", ", BuiltIn)}, and no platform runs on this machine that could list it. Correct the name, or start the platform with `neuro up`.");
        }
    }

    private static Recipe RecipeOf(GeneratorListing published) => Recipe.Parse(published.Defaults.ToJsonString());

    private static Recipe RecipeOf(object recipe, IMagicHost host) => recipe switch
    {
        Recipe ready => ready,
        string name when host.TryGetVariable(name, out var value) && value is Recipe ready => ready,
        string path when File.Exists(path) => Recipe.Parse(ReadBounded(path)),
        string nothing => throw new MagicException("magic.bad_value", $"--recipe is '{nothing}'; expected a Recipe in a variable (@name) or the path of a recipe file, and there is neither."),
        _ => throw new MagicException("magic.bad_value", $"--recipe is a {recipe.GetType().Name}; expected a Recipe or the path of a recipe file."),
    };

    public static Catalogue CatalogueOf(object? catalogue, IMagicHost host) => catalogue switch
    {
        Catalogue ready => ready,
        string folder => Catalogue.Load(folder),
        null when host.TryGetVariable("catalogue", out var value) && value is Catalogue ready => ready,
        null => Catalogue.Load(BundledFolder()),
        _ => throw new MagicException("magic.bad_value", $"--catalogue is a {catalogue.GetType().Name}; expected a Catalogue or the path of its folder."),
    };

    // A notebook's working folder is its own or the repository's root, so the bundled catalogue is here or further up.
    private static string BundledFolder()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, Bundled);
            if (File.Exists(Path.Combine(found, "catalogue.json")))
            {
                return found;
            }
        }

        throw new MagicException("magic.missing_value", $"There is no {Bundled} in {Environment.CurrentDirectory} or above it; give a catalogue with --catalogue FOLDER or --catalogue @variable.");
    }

    private static string ReadBounded(string path) => new FileInfo(path).Length <= LargestRecipe
        ? File.ReadAllText(path)
        : throw new MagicException("magic.bad_value", $"{path} has {new FileInfo(path).Length} bytes; a recipe has at most {LargestRecipe}.");
}
