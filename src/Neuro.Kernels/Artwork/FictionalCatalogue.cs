using System.Text.Json;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Whole catalogues of products that do not exist, for trials and tests at any size.</summary>
internal static class FictionalCatalogue
{
    /// <summary>The most products in all.</summary>
    public const int MostProducts = 10_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    // Millimetres, within which a family's package lies.
    private static readonly Package[] Packages =
    [
        new("box", 60, 95, 160, 240, 60, 95),
        new("box", 140, 200, 220, 300, 45, 75),
        new("box", 90, 160, 60, 110, 60, 100),
        new("cylinder", 52, 68, 110, 170, 0, 0),
        new("cylinder", 65, 100, 70, 120, 0, 0),
    ];

    /// <summary>Writes <c>catalogue.json</c> and a picture for each product; same arguments, same bytes.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="families">Brands, each in one shape and size.</param>
    /// <param name="perFamily">Products of each brand, see <see cref="Variants"/>.</param>
    /// <param name="seed">Chooses all of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">No products, or more than a catalogue may hold.</exception>
    /// <exception cref="CatalogueException">The folder cannot be written (<c>catalogue.unwritable</c>).</exception>
    public static void Write(string folder, int families, int perFamily, ulong seed)
    {
        if (families < 1 || (long)families * perFamily > MostProducts)
        {
            throw new ArgumentOutOfRangeException(nameof(families), families, $"A catalogue has one family or more, and at most {MostProducts} products.");
        }

        var brands = new HashSet<string>();
        var products = new List<object>();
        for (var family = 0; family < families; family++)
        {
            products.AddRange(Family(First(family, seed, brands), perFamily, CounterRandom.Hash(seed, (ulong)family, 52)));
        }

        Save(folder, JsonSerializer.SerializeToUtf8Bytes(new { name = $"fictional-{seed}", pictures = "full-frame", products }, Options));
        LabelArt.DrawAll(folder);
    }

    /// <summary>A label whose brand no family before has.</summary>
    private static LabelDescription First(int family, ulong seed, HashSet<string> brands)
    {
        var label = UnknownLabel.Describe(CounterRandom.Hash(seed, (ulong)family, 51));
        var (brand, number) = (label.Brand, 2);
        while (!brands.Add(brand))
        {
            brand = $"{label.Brand} {number++}";
        }

        return Variants.Of(label with { Brand = brand }, 2, CounterRandom.Hash(seed, (ulong)family, 54))[1];
    }

    private static IEnumerable<object> Family(LabelDescription first, int count, ulong seed)
    {
        var random = new CounterRandom(seed, 0, 53);
        var package = Packages[random.NextIndex(Packages.Length)];
        var (width, height, depth) = (Within(package.MinWidth, package.MaxWidth, ref random), Within(package.MinHeight, package.MaxHeight, ref random), Within(package.MinDepth, package.MaxDepth, ref random));
        foreach (var label in Variants.Of(first, count, seed))
        {
            var name = $"{label.Brand} {label.Word} {label.Amount}";
            var sku = name.ToLowerInvariant().Replace(' ', '-');
            yield return package.Shape == "box"
                ? new { sku, name, shape = package.Shape, widthMm = width, heightMm = height, depthMm = depth, picture = $"pictures/{sku}.png", label }
                : new { sku, name, shape = package.Shape, widthMm = width, heightMm = height, picture = $"pictures/{sku}.png", label };
        }
    }

    private static int Within(int from, int to, ref CounterRandom random) => from + random.NextIndex(to - from + 1);

    private static void Save(string folder, byte[] json)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, CatalogueDocument.FileName), json);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueException("catalogue.unwritable", $"{CatalogueDocument.FileName} cannot be written to {folder}: {refused.Message}", refused);
        }
    }

    private sealed record Package(string Shape, int MinWidth, int MaxWidth, int MinHeight, int MaxHeight, int MinDepth, int MaxDepth);
}
