using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Embedding;

/// <summary>The generators that every platform starts with.</summary>
internal static class BuiltInGenerators
{
    // Where a customer puts the hash of their own.
    private static readonly string NoCatalogue = new('0', 64);

    private static readonly string[] Labels =
    [
        "instance, class and part ids", "depth", "normals", "albedo", "irradiance", "shadow", "UV", "tight, amodal, oriented and 3-D boxes", "pose", "corner keypoints",
        "masks and amodal masks", "visibility and truncation", "front angle", "camera", "point cloud", "COCO",
    ];

    public static IReadOnlyList<GeneratorListing> Listings { get; } =
    [
        Listing(
            new ShelfRecipe { Catalogue = NoCatalogue },
            "Supermarket shelf",
            "Store shelves with your products: rows, facings, gaps, price rails and unknown cartons between them; colours, light and camera as phones see them.",
            ["row, facing and planogram slot", "gaps", "price tags"]),
        Listing(
            new HandheldRecipe { Catalogue = NoCatalogue },
            "Product in a hand",
            "One of your products held before a shelf, a fridge, a wall or a picture of yours, as in a customer's photo."),
        Listing(
            new TabletopRecipe { Catalogue = NoCatalogue },
            "Table and checkout",
            "1 to 1,000 of your products standing and lying on a table or a checkout belt, seen from above."),
    ];

    public static IEnumerable<string> Names => Listings.Select(listing => listing.Name);

    /// <summary>A default recipe of each.</summary>
    public static IReadOnlyList<Recipe> Defaults(Catalogue catalogue) => [ShelfRecipe.Default(catalogue), HandheldRecipe.Default(catalogue), TabletopRecipe.Default(catalogue)];

    /// <summary>The default recipe of the one of this name, for a catalogue.</summary>
    /// <exception cref="NeuroException"><c>generator.unknown</c></exception>
    public static Func<Catalogue, Recipe> DefaultOf(string name) => name switch
    {
        ShelfRecipe.Name => ShelfRecipe.Default,
        HandheldRecipe.Name => HandheldRecipe.Default,
        TabletopRecipe.Name => TabletopRecipe.Default,
        _ => throw new NeuroException("generator.unknown", $"--generator is '{name}'; expected {string.Join(", ", Names)}."),
    };

    private static GeneratorListing Listing(Recipe defaults, string title, string description, params string[] more) => new(
        defaults.Generator, Recipe.Version, title, description, "MIT", [.. Labels, .. more], (JsonObject)JsonNode.Parse(defaults.ToJson())!);
}
