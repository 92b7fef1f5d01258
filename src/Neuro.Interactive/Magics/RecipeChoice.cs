using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Magics;

/// <summary>The recipe and the catalogue that a magic was given, or the ones to take where it was given none.</summary>
internal sealed record RecipeChoice(ShelfRecipe Recipe, Catalogue Catalogue)
{
    public const string CatalogueHelp = "A Catalogue (@variable) or its folder; if left out the variable catalogue, else the bundled datasets/corner-shop.";

    private const int LargestRecipe = 1 << 20;
    private static readonly string Bundled = Path.Combine("datasets", "corner-shop");

    /// <exception cref="MagicException">Not a recipe or catalogue, or two that do not belong together.</exception>
    public static RecipeChoice Of(object? recipe, object? catalogue, IMagicHost host)
    {
        var products = CatalogueOf(catalogue, host);
        var chosen = recipe is null ? ShelfRecipe.Default(products) : RecipeOf(recipe, host);
        return chosen.Catalogue == products.Hash
            ? new(chosen, products)
            : throw new MagicException(
                "magic.bad_value",
                $"The recipe is for catalogue {chosen.Catalogue[..Math.Min(12, chosen.Catalogue.Length)]}…, but the catalogue given is {products.Name} ({products.Hash[..12]}…). Give the recipe's own with --catalogue, or begin with ShelfRecipe.Default(catalogue).");
    }

    private static ShelfRecipe RecipeOf(object recipe, IMagicHost host) => recipe switch
    {
        ShelfRecipe ready => ready,
        string name when host.TryGetVariable(name, out var value) && value is ShelfRecipe ready => ready,
        string path when File.Exists(path) => ShelfRecipe.Parse(ReadBounded(path)),
        string nothing => throw new MagicException("magic.bad_value", $"--recipe is '{nothing}'; expected a ShelfRecipe in a variable (@name) or the path of a recipe file, and there is neither."),
        _ => throw new MagicException("magic.bad_value", $"--recipe is a {recipe.GetType().Name}; expected a ShelfRecipe or the path of a recipe file."),
    };

    private static Catalogue CatalogueOf(object? catalogue, IMagicHost host) => catalogue switch
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
