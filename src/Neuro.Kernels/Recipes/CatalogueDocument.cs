using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neuro.Kernels.Recipes;

/// <summary>The content of <c>catalogue.json</c>, checked.</summary>
/// <param name="Name">What the catalogue is called.</param>
/// <param name="OnWhite">The pictures are photos on a white ground and have to be cut out; otherwise they fill their frame.</param>
/// <param name="Products">In class order.</param>
internal sealed record CatalogueDocument(string Name, bool OnWhite, IReadOnlyList<Product> Products)
{
    public const string FileName = "catalogue.json";
    public const int MaxProducts = 200_000;
    public const int MaxBackgrounds = 1_000;
    private const string BackgroundsOwner = "the backgrounds";
    private const int MaxObjects = 4 * MaxProducts;
    private const float MinMm = 1;
    private const float MaxMm = 3000;

    /// <summary>Paths of the pictures that may stand behind a product.</summary>
    public IReadOnlyList<string> Backgrounds { get; init; } = [];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Disallow,
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    /// <summary>Parses and checks; the pictures themselves are not looked at.</summary>
    /// <exception cref="CatalogueException">What is wrong, with its path and value.</exception>
    public static CatalogueDocument Parse(ReadOnlySpan<byte> json)
    {
        // An empty product takes three bytes here and a hundred as an object.
        if (json.Count((byte)'{') > MaxObjects)
        {
            throw new CatalogueException("catalogue.too_large", $"{FileName} holds {json.Count((byte)'{')} opening braces; at most {MaxObjects} are read, for {MaxProducts} products.");
        }

        CatalogueJson? read;
        try
        {
            read = JsonSerializer.Deserialize<CatalogueJson>(json, Options);
        }
        catch (JsonException wrong)
        {
            throw new CatalogueException("catalogue.malformed", $"{FileName} cannot be read at {wrong.Path ?? "$"} (line {(wrong.LineNumber ?? 0) + 1}): {FirstSentence(wrong.Message)}", wrong);
        }

        var products = read?.Products ?? [];
        if (products.Count is 0)
        {
            throw new CatalogueException("catalogue.empty", $"{FileName} lists no products; give at least one under \"products\".");
        }

        var onWhite = read!.Pictures switch
        {
            null or "full-frame" => false,
            "on-white" => true,
            var other => throw new CatalogueException("catalogue.malformed", $"{FileName}: $.pictures is \"{other}\"; expected \"full-frame\" or \"on-white\"."),
        };
        return Checked(new CatalogueDocument(read.Name ?? "catalogue", onWhite, [.. products.Select((entry, index) => (entry ?? new()).ToProduct(new EntryPlace($"{FileName}: $.products[{index}]", ".")))])
        {
            Backgrounds = [.. (read.Backgrounds ?? []).Select((path, index) => path ?? throw new CatalogueException("catalogue.malformed", $"{FileName}: $.backgrounds[{index}] is null; expected the path of a picture."))],
        });
    }

    /// <summary>Refuses duplicates and sizes that cannot be rendered.</summary>
    public static CatalogueDocument Checked(CatalogueDocument document)
    {
        if (document.Products.Count > MaxProducts)
        {
            throw new CatalogueException("catalogue.too_large", $"The catalogue lists {document.Products.Count} products; at most {MaxProducts} are read.");
        }

        if (document.Backgrounds.Count > MaxBackgrounds)
        {
            throw new CatalogueException("catalogue.too_large", $"The catalogue lists {document.Backgrounds.Count} backgrounds; at most {MaxBackgrounds} are read.");
        }

        var twice = document.Products.GroupBy(product => product.Sku).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new CatalogueException("catalogue.duplicate_sku", $"The sku {twice.Key} stands {twice.Count()} times in the catalogue; give each product its own.");
        }

        foreach (var product in document.Products)
        {
            CheckSize(product.Sku, "widthMm", product.WidthMm);
            CheckSize(product.Sku, "heightMm", product.HeightMm);
            CheckSize(product.Sku, "depthMm", product.DepthMm);
            foreach (var path in product.Faces.Values)
            {
                CataloguePaths.Check(product.Sku, path);
            }
        }

        foreach (var path in document.Backgrounds)
        {
            CataloguePaths.Check(BackgroundsOwner, path);
        }

        return document;
    }

    /// <summary>The paths of all pictures in the order of their names, each with the sku of the first product that names it, or saying that it is one of the backgrounds.</summary>
    public SortedDictionary<string, string> Pictures()
    {
        var pictures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var product in Products)
        {
            foreach (var path in product.Faces.Values)
            {
                pictures.TryAdd(path, product.Sku);
            }
        }

        foreach (var path in Backgrounds)
        {
            pictures.TryAdd(path, BackgroundsOwner);
        }

        return pictures;
    }

    /// <summary>Canonical bytes: the same document always gives the same.</summary>
    public byte[] ToJson()
    {
        var json = new CatalogueJson
        {
            Name = Name,
            Pictures = OnWhite ? "on-white" : "full-frame",
            Products = [.. Products.Select(ProductEntry.Of)],
            // Catalogues from before there were any keep their bytes, and so their hash.
            Backgrounds = Backgrounds.Count > 0 ? [.. Backgrounds] : null,
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(json, Options), (byte)'\n'];
    }

    private static void CheckSize(string sku, string what, float mm)
    {
        if (!(mm is >= MinMm and <= MaxMm))
        {
            throw new CatalogueException("catalogue.size_out_of_range", $"{sku}: {what} is {mm}; expected {MinMm} to {MaxMm} millimetres.");
        }
    }

    private static string FirstSentence(string message) => message.Split(" Path:")[0];

    private sealed class CatalogueJson
    {
        public string? Name { get; init; }
        public string? Pictures { get; init; }
        public List<ProductEntry?>? Products { get; init; }
        public List<string?>? Backgrounds { get; init; }
    }
}
