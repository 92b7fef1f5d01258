namespace Neuro.Kernels.Recipes;

/// <summary>The generator <c>shelf</c>: products of a catalogue on the boards of a shop shelf, as a phone sees them.</summary>
public sealed record ShelfRecipe : Recipe
{
    /// <value>The generator's name in listings and in JSON.</value>
    public const string Name = "shelf";

    public override string Generator => Name;

    /// <summary>Shelf boards with products, one above another.</summary>
    [Allowed(1, 8, Whole = true)]
    public Distribution Rows { get; init; } = Distribution.Choice(2, 3, 3, 4);

    /// <summary>How products stand on a board.</summary>
    public RowKnobs Row { get; init; } = new();

    /// <summary>The furniture that holds them.</summary>
    public FixtureKnobs Fixture { get; init; } = new();

    /// <summary>The recipe that a new dataset starts from: about 25 products a picture, most 60 to 130 pixels high, some pictures much closer, some rolled.</summary>
    public static ShelfRecipe Default(Catalogue catalogue) => new() { Catalogue = catalogue.Hash };

    /// <summary>The same as <see cref="Default"/>, to be followed by <see cref="RecipeBuilder.With"/>.</summary>
    public static ShelfRecipe Create(Catalogue catalogue) => Default(catalogue);

    /// <summary>Reads and checks a recipe of this generator; knobs left out keep their defaults.</summary>
    /// <exception cref="RecipeException">Another generator's, not JSON, an unknown property, a wrong type, or a value outside its range; it says where.</exception>
    public static new ShelfRecipe Parse(string json) => RecipeJson.Read<ShelfRecipe>(json, Name);
}
