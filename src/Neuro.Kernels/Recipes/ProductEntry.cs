using System.Text.Json;

namespace Neuro.Kernels.Recipes;

/// <summary>A product as a catalogue file lists it: nothing is checked, everything may be missing.</summary>
internal sealed record ProductEntry
{
    private const int MaxText = 200;

    public string? Sku { get; init; }
    public string? Name { get; init; }
    public string? Shape { get; init; }
    public float? WidthMm { get; init; }
    public float? HeightMm { get; init; }
    public float? DepthMm { get; init; }
    public string? Picture { get; init; }
    public SortedDictionary<string, string>? Faces { get; init; }
    public string? Finish { get; init; }
    public string? Tint { get; init; }
    public string? Contents { get; init; }
    public string? Cap { get; init; }
    public string? TopColour { get; init; }
    public string? Family { get; init; }

    /// <summary>How the label is drawn where the artwork is our own (<see cref="Artwork.LabelArt"/>); not part of the product.</summary>
    public JsonElement? Label { get; init; }

    /// <summary>In the canonical form: the main face as <c>picture</c>, only the others under <c>faces</c>.</summary>
    public static ProductEntry Of(Product product)
    {
        var faces = product.Faces.Where(face => face.Key != product.Shape.PictureFace()).ToDictionary(face => face.Key.Spelled(), face => face.Value);
        return new ProductEntry
        {
            Sku = product.Sku,
            Name = product.Name,
            Shape = product.Shape.Spelled(),
            WidthMm = product.WidthMm,
            HeightMm = product.HeightMm,
            DepthMm = product.DepthMm,
            Picture = product.Faces.GetValueOrDefault(product.Shape.PictureFace()),
            Faces = faces.Count > 0 ? new(faces, StringComparer.Ordinal) : null,
            Finish = product.Finish is Recipes.Finish.Opaque ? null : product.Finish.Spelled(),
            Tint = product.Tint,
            Contents = product.Contents,
            Cap = product.Cap,
            TopColour = product.TopColour,
            Family = product.Family,
        };
    }

    /// <summary>The product; its sizes and the paths of its pictures are checked later.</summary>
    /// <param name="place">To be named in errors.</param>
    /// <exception cref="CatalogueException">What is missing or wrong.</exception>
    public Product ToProduct(EntryPlace place)
    {
        if (string.IsNullOrWhiteSpace(Sku))
        {
            throw Malformed($"{place.At("sku")} is missing; give each product a sku.");
        }

        foreach (var (name, text) in ((string, string?)[])[("sku", Sku), ("name", Name), ("family", Family)])
        {
            if (text?.Length > MaxText)
            {
                throw Malformed($"{place.At(name)} is {text.Length} characters long; at most {MaxText} are read.");
            }
        }

        var shape = ProductShapes.Read<ProductShape>(Shape)
            ?? throw new CatalogueException("catalogue.unknown_shape", $"{place.At("shape")} ({Sku}) is \"{Shape}\"; expected {ProductShapes.Nearest<ProductShape>(Shape)}.");
        if (this is not { WidthMm: { } width, HeightMm: { } height })
        {
            throw Malformed($"{place.Entry} ({Sku}) needs widthMm and heightMm.");
        }

        var depth = shape.IsRound() ? width : DepthMm ?? throw Malformed($"{place.Entry} ({Sku}) is no round shape and needs depthMm.");
        var faces = ReadFaces(shape, place);
        var picture = faces.GetValueOrDefault(shape.PictureFace()) ?? faces.GetValueOrDefault(Face.Front) ?? faces.GetValueOrDefault(Face.Wrap)
            ?? throw Malformed($"{place.Entry} ({Sku}) needs a picture of its front{(shape.IsRound() ? " or its wrap" : "")}.");
        return new Product(Sku, Name ?? Sku, shape, width, height, depth, picture)
        {
            Faces = faces,
            Finish = Glass(shape, Finish, "finish", place) is { } finish
                ? ProductShapes.Read<Finish>(finish) ?? throw Malformed($"{place.At("finish")} ({Sku}) is \"{finish}\"; expected {ProductShapes.Nearest<Finish>(finish)}.")
                : Recipes.Finish.Opaque,
            Tint = Colour(Glass(shape, Tint, "tint", place), "tint", place),
            Contents = Colour(Glass(shape, Contents, "contents", place), "contents", place),
            Cap = Colour(Cap, "cap", place),
            TopColour = Colour(TopColour, "topColour", place),
            Family = string.IsNullOrWhiteSpace(Family) ? null : Family,
        };
    }

    private Dictionary<Face, string> ReadFaces(ProductShape shape, EntryPlace place)
    {
        var faces = new Dictionary<Face, string>();
        if (Picture is not null)
        {
            faces.Add(shape.PictureFace(), Picture);
        }

        foreach (var (name, path) in Faces ?? [])
        {
            if (ProductShapes.Read<Face>(name) is not { } face || !shape.Has(face))
            {
                var known = Enum.GetValues<Face>().Where(each => shape.Has(each)).Select(each => each.Spelled());
                throw Malformed($"{place.At($"faces.{name}")} ({Sku}) is no face of a {shape.Spelled()}; expected {string.Join(", ", known)}.");
            }

            if (!faces.TryAdd(face, path ?? throw Malformed($"{place.At($"faces.{name}")} ({Sku}) is null; give the picture's path.")))
            {
                throw Malformed($"{place.Entry} ({Sku}) gives its {name} twice, as picture and under faces; give it once.");
            }
        }

        return faces;
    }

    private string? Glass(ProductShape shape, string? value, string name, EntryPlace place) =>
        value is null || shape.CanBeGlass() ? value : throw Malformed($"{place.At(name)} ({Sku}) is \"{value}\", but only a bottle or jar has one; leave it out of a {shape.Spelled()}.");

    private string? Colour(string? value, string name, EntryPlace place) => Colour(value, name, place, Sku);

    /// <exception cref="CatalogueException"><c>catalogue.malformed</c></exception>
    public static string? Colour(string? value, string name, EntryPlace place, string? product) =>
        value is null || (value.Length == 7 && value[0] == '#' && value.Skip(1).All(char.IsAsciiHexDigit))
            ? value?.ToLowerInvariant()
            : throw Malformed($"{place.At(name)} ({product}) is \"{value}\"; expected a colour as #rrggbb.");

    private static CatalogueException Malformed(string message) => new("catalogue.malformed", message);
}
