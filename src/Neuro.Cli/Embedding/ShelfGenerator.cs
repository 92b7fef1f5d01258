using System.Text.Json.Nodes;
using Neuro.Client.Market;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Embedding;

/// <summary>The generator that every platform starts with.</summary>
internal static class ShelfGenerator
{
    // Where a customer puts the hash of their own.
    private static readonly string NoCatalogue = new('0', 64);

    public static GeneratorListing Listing() => new(
        ShelfRecipe.Generator,
        ShelfRecipe.Version,
        "Supermarket shelf",
        "Store shelves with your products: rows, facings, gaps, price rails and unknown cartons between them; colours, light and camera as phones see them.",
        "MIT",
        ["boxes", "masks", "visibility", "depth", "instance ids", "COCO"],
        (JsonObject)JsonNode.Parse(new ShelfRecipe { Catalogue = NoCatalogue }.ToJson())!);
}
