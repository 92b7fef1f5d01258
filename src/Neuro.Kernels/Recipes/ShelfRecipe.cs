using System.Security.Cryptography;
using System.Text;

namespace Neuro.Kernels.Recipes;

/// <summary>The generator <c>shelf</c>: products of a catalogue on the boards of a shop shelf, as a phone sees them.</summary>
/// <remarks>
/// Lengths are metres, angles degrees, probabilities 0 to 1. A knob is drawn once an image, or where it says so once a row, place or product.
/// Change one with <c>recipe with { Samples = 4, Camera = recipe.Camera with { Distance = 0.8 } }</c>.
/// </remarks>
public sealed record ShelfRecipe
{
    /// <value>The generator's name in listings and in JSON.</value>
    public const string Generator = "shelf";

    /// <value>Raised whenever the same recipe would give other pixels.</value>
    public const int Version = 1;

    /// <summary>Hash of the catalogue whose products stand on the shelf.</summary>
    public required string Catalogue { get; init; }

    /// <value>Pixels, 640.</value>
    [Allowed(16, 4096)]
    public int Width { get; init; } = 640;

    /// <value>Pixels, 480.</value>
    [Allowed(16, 4096)]
    public int Height { get; init; } = 480;

    /// <summary>Rays a pixel for the colours: 1, or 4 for smooth edges.</summary>
    /// <value>1.</value>
    [Allowed(1, 4)]
    public int Samples { get; init; } = 1;

    /// <summary>Shelf boards with products, one above another.</summary>
    [Allowed(1, 8, Whole = true)]
    public Distribution Rows { get; init; } = Distribution.Choice(2, 3, 3, 4);

    public RowKnobs Row { get; init; } = new();

    public CameraKnobs Camera { get; init; } = new();

    public LightKnobs Light { get; init; } = new();

    public ColourKnobs Colour { get; init; } = new();

    public PhotoKnobs Photo { get; init; } = new();

    /// <summary>SHA-256 (lower-case hex) of the canonical JSON: sorted names, shortest numbers, no white space.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ShelfRecipeJson.Write(this, canonical: true))));

    /// <summary>The recipe that a new dataset starts from: about 25 products a picture, most 60 to 130 pixels high, some pictures much closer, some rolled.</summary>
    public static ShelfRecipe Default(Catalogue catalogue) => new() { Catalogue = catalogue.Hash };

    /// <summary>Reads and checks a recipe; knobs left out keep their defaults.</summary>
    /// <exception cref="RecipeException">Not JSON, an unknown property, a wrong type, or a value outside its range; it says where.</exception>
    public static ShelfRecipe Parse(string json) => ShelfRecipeJson.Read(json);

    /// <summary>Checks every value, for a recipe made in code.</summary>
    /// <exception cref="RecipeException">A value is outside its range.</exception>
    public ShelfRecipe Validated() => Parse(ToJson());

    /// <summary>Indented JSON with every knob.</summary>
    public string ToJson() => ShelfRecipeJson.Write(this, canonical: false);
}

/// <summary>How products stand on a board. Drawn for each row, place or product.</summary>
public sealed record RowKnobs
{
    /// <summary>Places side by side on a board; drawn for each row.</summary>
    [Allowed(1, 40, Whole = true)]
    public Distribution Facings { get; init; } = Distribution.Uniform(10, 16);

    /// <summary>Neighbouring places that one article takes; drawn for each article.</summary>
    [Allowed(1, 10, Whole = true)]
    public Distribution Repeat { get; init; } = Distribution.Choice(1, 1, 1, 2, 3);

    /// <summary>Articles behind each other; drawn for each row.</summary>
    [Allowed(1, 3, Whole = true)]
    public Distribution Depth { get; init; } = Distribution.Choice(1, 2);

    /// <summary>Air between neighbours, on top of what their turns need; drawn for each place.</summary>
    [Allowed(0, 0.2)]
    public Distribution Gap { get; init; } = Distribution.Uniform(0.003, 0.018);

    /// <summary>Probability that a place is empty.</summary>
    [Allowed(0, 0.95)]
    public Distribution Missing { get; init; } = Distribution.Uniform(0, 0.2);

    /// <summary>Probability that an unknown carton, which carries no label, takes a place.</summary>
    [Allowed(0, 0.95)]
    public Distribution Distractors { get; init; } = Distribution.Uniform(0.02, 0.2);

    /// <summary>Turn of each product; positive shows its front to the right.</summary>
    [Allowed(-180, 180)]
    public Distribution Yaw { get; init; } = Distribution.Choice(Distribution.Normal(0, 6), Distribution.Normal(0, 6), Distribution.Normal(0, 22));

    /// <summary>How far each product stands behind the board's front edge.</summary>
    [Allowed(0, 0.2)]
    public Distribution Setback { get; init; } = Distribution.Uniform(0.005, 0.05);

    /// <summary>Air between the tallest product of a row and the board above.</summary>
    [Allowed(0.01, 0.5)]
    public Distribution Clearance { get; init; } = Distribution.Uniform(0.03, 0.09);

    /// <summary>Probability that the boards carry price rails.</summary>
    [Allowed(0, 1)]
    public Distribution PriceRails { get; init; } = 0.75;
}

/// <summary>The camera looks at a point of the shelf's front from a distance.</summary>
public sealed record CameraKnobs
{
    /// <summary>From the point looked at.</summary>
    [Allowed(0.15, 6)]
    public Distribution Distance { get; init; } = Distribution.Choice(Distribution.Uniform(0.9, 1.4), Distribution.Uniform(0.9, 1.4), Distribution.Uniform(0.4, 0.9));

    /// <summary>Where it looks: −1 the shelf's left end, 1 its right end.</summary>
    [Allowed(-1, 1)]
    public Distribution Side { get; init; } = Distribution.Uniform(-0.45, 0.45);

    /// <summary>Where it looks: 0 the lowest board, 1 the top of the highest row.</summary>
    [Allowed(-0.5, 1.5)]
    public Distribution Height { get; init; } = Distribution.Uniform(0.2, 0.8);

    /// <summary>From which side it looks; positive stands to the right.</summary>
    [Allowed(-75, 75)]
    public Distribution Yaw { get; init; } = Distribution.Normal(0, 14);

    /// <summary>From how far above it looks; positive looks down.</summary>
    [Allowed(-45, 75)]
    public Distribution Pitch { get; init; } = Distribution.Normal(10, 10);

    /// <summary>Turn about the optical axis; positive turns the camera clockwise.</summary>
    [Allowed(-180, 180)]
    public Distribution Roll { get; init; } = Distribution.Choice(Distribution.Normal(0, 3), Distribution.Normal(0, 14));

    /// <summary>Vertical field of view.</summary>
    [Allowed(10, 100)]
    public Distribution FieldOfView { get; init; } = Distribution.Uniform(38, 52);
}

/// <summary>One lamp in front of the shelf, and light from everywhere.</summary>
public sealed record LightKnobs
{
    /// <summary>Right of the shelf's centre.</summary>
    [Allowed(-5, 5)]
    public Distribution Side { get; init; } = Distribution.Uniform(-1.5, 1.5);

    /// <summary>Above the shelf's centre.</summary>
    [Allowed(-3, 5)]
    public Distribution Height { get; init; } = Distribution.Uniform(0.6, 2);

    /// <summary>In front of the shelf.</summary>
    [Allowed(0.2, 6)]
    public Distribution Distance { get; init; } = Distribution.Uniform(1, 2.5);

    /// <summary>What the lamp gives to a surface at the shelf's centre that faces it; 1 makes white paper white.</summary>
    [Allowed(0, 5)]
    public Distribution Intensity { get; init; } = Distribution.Uniform(0.1, 0.6);

    /// <summary>Colour of the lamp: positive is warmer (more red, less blue).</summary>
    [Allowed(-0.5, 0.5)]
    public Distribution Warmth { get; init; } = Distribution.Normal(0.03, 0.08);

    /// <summary>Light from everywhere, as <see cref="Intensity"/>.</summary>
    [Allowed(0, 3)]
    public Distribution Ambient { get; init; } = Distribution.Uniform(0.4, 0.9);

    /// <summary>Reflectance of the shelf itself, 0 black to 1 white, as encoded in pictures.</summary>
    [Allowed(0, 1)]
    public Distribution Shelf { get; init; } = Distribution.Choice(Distribution.Uniform(0.75, 0.95), Distribution.Uniform(0.1, 0.75));
}

/// <summary>How the print of each product copy differs from its catalogue picture. Drawn for each product.</summary>
public sealed record ColourKnobs
{
    /// <summary>Factor on the saturation.</summary>
    [Allowed(0, 3)]
    public Distribution Saturation { get; init; } = Distribution.Uniform(0.45, 1.6);

    /// <summary>Exponent on the values: less than 1 is brighter.</summary>
    [Allowed(0.3, 3)]
    public Distribution Gamma { get; init; } = Distribution.Uniform(0.65, 1.4);

    /// <summary>Turn of the hue.</summary>
    [Allowed(-180, 180)]
    public Distribution Hue { get; init; } = Distribution.Normal(0, 5);

    /// <summary>Factor on each channel by itself.</summary>
    [Allowed(0.2, 3)]
    public Distribution ChannelGain { get; init; } = Distribution.Uniform(0.88, 1.1);

    /// <summary>Factor on all channels.</summary>
    [Allowed(0.2, 3)]
    public Distribution Gain { get; init; } = Distribution.Uniform(0.78, 1.12);
}

/// <summary>What the camera makes of the light.</summary>
public sealed record PhotoKnobs
{
    [Allowed(0.1, 10)]
    public Distribution Exposure { get; init; } = Distribution.Uniform(0.8, 1.3);

    /// <summary>White balance: gain of red.</summary>
    [Allowed(0.2, 3)]
    public Distribution RedGain { get; init; } = Distribution.Uniform(0.9, 1.12);

    /// <summary>White balance: gain of blue.</summary>
    [Allowed(0.2, 3)]
    public Distribution BlueGain { get; init; } = Distribution.Choice(Distribution.Uniform(0.6, 1), Distribution.Uniform(0.9, 1.12));

    /// <summary>Exponent on the finished values: less than 1 is brighter.</summary>
    [Allowed(0.3, 3)]
    public Distribution Gamma { get; init; } = Distribution.Uniform(0.75, 1.3);

    /// <summary>Standard deviation in steps of 1/255.</summary>
    [Allowed(0, 50)]
    public Distribution Noise { get; init; } = Distribution.Uniform(0, 6);

    [Allowed(1, 100, Whole = true)]
    public Distribution JpegQuality { get; init; } = Distribution.Uniform(60, 95);
}
