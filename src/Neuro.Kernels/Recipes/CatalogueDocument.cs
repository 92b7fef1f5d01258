using System.Text;
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
    public const int MaxProducts = 10_000;
    private const float MinMm = 1;
    private const float MaxMm = 3000;

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
        return Checked(new CatalogueDocument(read.Name ?? "catalogue", onWhite, [.. products.Select(ToProduct)]));
    }

    /// <summary>Refuses duplicates and sizes that cannot be rendered.</summary>
    public static CatalogueDocument Checked(CatalogueDocument document)
    {
        if (document.Products.Count > MaxProducts)
        {
            throw new CatalogueException("catalogue.too_large", $"The catalogue lists {document.Products.Count} products; at most {MaxProducts} are read.");
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
            CataloguePaths.Check(product.Sku, product.Picture);
        }

        return document;
    }

    /// <summary>Canonical bytes: the same document always gives the same.</summary>
    public byte[] ToJson()
    {
        var json = new CatalogueJson
        {
            Name = Name,
            Pictures = OnWhite ? "on-white" : "full-frame",
            Products = [.. Products.Select(product => new ProductJson
            {
                Sku = product.Sku,
                Name = product.Name,
                Shape = product.Shape is ProductShape.Box ? "box" : "cylinder",
                WidthMm = product.WidthMm,
                HeightMm = product.HeightMm,
                DepthMm = product.DepthMm,
                Picture = product.Picture,
            })],
        };
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(json, Options) + "\n");
    }

    private static Product ToProduct(ProductJson json, int index)
    {
        var path = $"{FileName}: $.products[{index}]";
        if (string.IsNullOrWhiteSpace(json.Sku))
        {
            throw new CatalogueException("catalogue.malformed", $"{path}.sku is missing; give each product a sku.");
        }

        var shape = json.Shape switch
        {
            "box" => ProductShape.Box,
            "cylinder" => ProductShape.Cylinder,
            _ => throw new CatalogueException("catalogue.unknown_shape", $"{path}.shape ({json.Sku}) is \"{json.Shape}\"; expected \"box\" or \"cylinder\"."),
        };
        if (json is not { WidthMm: { } width, HeightMm: { } height, Picture: { } picture })
        {
            throw new CatalogueException("catalogue.malformed", $"{path} ({json.Sku}) needs widthMm, heightMm and picture.");
        }

        var depth = shape is ProductShape.Cylinder ? width : json.DepthMm
            ?? throw new CatalogueException("catalogue.malformed", $"{path} ({json.Sku}) is a box and needs depthMm.");
        return new Product(json.Sku, json.Name ?? json.Sku, shape, width, height, depth, picture);
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
        public List<ProductJson>? Products { get; init; }
    }

    private sealed class ProductJson
    {
        public string? Sku { get; init; }
        public string? Name { get; init; }
        public string? Shape { get; init; }
        public float? WidthMm { get; init; }
        public float? HeightMm { get; init; }
        public float? DepthMm { get; init; }
        public string? Picture { get; init; }

        /// <summary>How the label is drawn where the artwork is our own (<see cref="Neuro.Kernels.Artwork.LabelArt"/>); not part of the product.</summary>
        public JsonElement? Label { get; init; }
    }
}
