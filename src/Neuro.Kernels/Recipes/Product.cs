namespace Neuro.Kernels.Recipes;

/// <summary>One article of a catalogue; its class id is its place there.</summary>
/// <param name="Sku">The shop's key for it, unique in the catalogue.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Shape">The solid it is rendered as.</param>
/// <param name="WidthMm">Width in millimetres, seen from the front.</param>
/// <param name="HeightMm">Height in millimetres.</param>
/// <param name="DepthMm">Depth in millimetres; that of a round product equals its width.</param>
/// <param name="Picture">The path inside the catalogue, with forward slashes, of the picture that stands for it: its front, or the wrap of a cylinder or of a round product without a front.</param>
public sealed record Product(string Sku, string Name, ProductShape Shape, float WidthMm, float HeightMm, float DepthMm, string Picture)
{
    private readonly ValueList<KeyValuePair<Face, string>> faces = new([]);

    /// <summary>The paths of all its pictures by the face they show; a face that is not here is invented from the others.</summary>
    /// <value><see cref="Picture"/> on the front, or around a cylinder.</value>
    public IReadOnlyDictionary<Face, string> Faces
    {
        get => faces.Count > 0 ? new Dictionary<Face, string>(faces) : new Dictionary<Face, string> { [Shape.PictureFace()] = Picture };

        // The default is kept as nothing, so that two equal products are equal however they were made.
        init => faces = new(value.Count == 1 && value.GetValueOrDefault(Shape.PictureFace()) == Picture ? [] : value.OrderBy(face => face.Key));
    }

    /// <summary>What a bottle or jar is made of.</summary>
    public Finish Finish { get; init; }

    /// <summary>Colour of the glass of a bottle or jar, <c>#rrggbb</c>.</summary>
    public string? Tint { get; init; }

    /// <summary>Colour of what is in a bottle or jar, <c>#rrggbb</c>.</summary>
    public string? Contents { get; init; }

    /// <summary>Colour of its cap, <c>#rrggbb</c>; drawn where it is left out, mostly white.</summary>
    public string? Cap { get; init; }

    /// <summary>Colour of its top, of a slanted one behind the cap, where no picture shows that, <c>#rrggbb</c>; invented from the front where it is left out.</summary>
    public string? TopColour { get; init; }

    /// <summary>Products with the same family are easily taken for each other.</summary>
    public string? Family { get; init; }
}
