using System.Security.Cryptography;
using System.Text;

namespace Neuro.Kernels.Recipes;

/// <summary>A family of scenes: which generator makes them, and a constant or a distribution for each of its knobs.</summary>
/// <remarks>
/// Lengths are metres, angles degrees, probabilities and shares 0 to 1. A knob is drawn once an image, or where it says so once a row, place or product.
/// Change one with <c>recipe.With("camera.distance", 0.8)</c>; the path is the one in JSON.
/// </remarks>
[TypeFormatterSource("RecipeFormatters")]
public abstract record Recipe
{
    /// <value>Raised whenever the same recipe would give other pixels.</value>
    public const int Version = 2;

    private readonly ValueList<string> maps = new(["depth", "ids", "parts"]);

    private protected Recipe()
    {
    }

    /// <value>The pixel maps that can be written beside the colours.</value>
    public static IReadOnlyList<string> KnownMaps { get; } = ["depth", "ids", "parts", "normals", "albedo", "irradiance", "shadow", "uv"];

    /// <value>Those that every dataset has.</value>
    internal static IReadOnlyList<string> AlwaysMaps { get; } = ["depth", "ids"];

    /// <summary>The generator's name in listings and in JSON.</summary>
    public abstract string Generator { get; }

    /// <summary>Hash of the catalogue whose products are shown.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Width of a picture in pixels.</summary>
    /// <value>640.</value>
    [Allowed(16, 4096)]
    public int Width { get; init; } = 640;

    /// <summary>Height of a picture in pixels.</summary>
    /// <value>480.</value>
    [Allowed(16, 4096)]
    public int Height { get; init; } = 480;

    /// <summary>Rays a pixel for the colours: 1, or 4 for smooth edges.</summary>
    /// <value>1.</value>
    [Allowed(1, 4)]
    public int Samples { get; init; } = 1;

    /// <summary>Pixel maps written beside the colours, each at most once; depth and ids are always among them.</summary>
    /// <remarks>Of <see cref="KnownMaps"/>.</remarks>
    /// <value>depth, ids, parts.</value>
    public IReadOnlyList<string> Maps
    {
        get => maps;
        init => maps = new(value);
    }

    /// <summary>Which product of the catalogue, by its number from 0; −1 for any, all alike. Drawn for each product; beyond the last it is the last.</summary>
    /// <value>Left out: any. A recipe without it has the hash that it had before there was one.</value>
    [Allowed(-1, 65535, Whole = true)]
    public Distribution? Product { get; init; }

    /// <summary>What is in the picture that nobody asked for.</summary>
    public DistractorKnobs Distractors { get; init; } = new();

    /// <summary>Where the camera stands and looks.</summary>
    public CameraKnobs Camera { get; init; } = new();

    /// <summary>What the lens and the shutter do to the picture.</summary>
    public LensKnobs Lens { get; init; } = new();

    /// <summary>Lamps, and light from everywhere.</summary>
    public LightKnobs Light { get; init; } = new();

    /// <summary>How the print of each product differs from its catalogue picture.</summary>
    public ColourKnobs Colour { get; init; } = new();

    /// <summary>Shine and wear of each product.</summary>
    public SurfaceKnobs Surface { get; init; } = new();

    /// <summary>What the sensor makes of the light.</summary>
    public PhotoKnobs Photo { get; init; } = new();

    /// <summary>SHA-256 (lower-case hex) of the canonical JSON, generator and version included: sorted names, shortest numbers, no white space.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RecipeJson.Write(this, canonical: true))));

    /// <summary>Reads and checks a recipe of any generator; knobs left out keep their defaults.</summary>
    /// <exception cref="RecipeException">Not JSON, an unknown property, a wrong type, or a value outside its range; it says where.</exception>
    public static Recipe Parse(string json) => RecipeJson.Read(json, Generators.All);

    /// <summary>Indented JSON with every knob.</summary>
    public string ToJson() => RecipeJson.Write(this, canonical: false);
}
