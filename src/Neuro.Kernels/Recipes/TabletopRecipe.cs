namespace Neuro.Kernels.Recipes;

/// <summary>The generator <c>tabletop</c>: products lying and standing on a table or a checkout belt, seen from above.</summary>
public sealed record TabletopRecipe : Recipe
{
    /// <value>The generator's name in listings and in JSON.</value>
    public const string Name = "tabletop";

    /// <summary>The camera looks down at the middle of the table.</summary>
    public TabletopRecipe() => Camera = new()
    {
        Distance = Distribution.Uniform(0.7, 1.2),
        Side = Distribution.Uniform(-0.3, 0.3),
        Height = Distribution.Uniform(-0.3, 0.3),
        Yaw = Distribution.Normal(0, 25),
        Pitch = Distribution.Normal(48, 14),
        Roll = Distribution.Normal(0, 8),
    };

    public override string Generator => Name;

    /// <summary>What lies where.</summary>
    public TableKnobs Table { get; init; } = new();

    /// <summary>The recipe that a new dataset starts from: 3 to 14 products on a table of about half a metre.</summary>
    public static TabletopRecipe Default(Catalogue catalogue) => new() { Catalogue = catalogue.Hash };

    /// <summary>The same as <see cref="Default"/>, to be followed by <see cref="RecipeBuilder.With"/>.</summary>
    public static TabletopRecipe Create(Catalogue catalogue) => Default(catalogue);

    /// <summary>Reads and checks a recipe of this generator; knobs left out keep their defaults.</summary>
    /// <exception cref="RecipeException">Another generator's, not JSON, an unknown property, a wrong type, or a value outside its range; it says where.</exception>
    public static new TabletopRecipe Parse(string json) => RecipeJson.Read<TabletopRecipe>(json, Name);
}
