namespace Neuro.Kernels.Recipes;

/// <summary>The generator <c>handheld</c>: one product held before a shelf, a fridge, a wall or a picture, as in a customer's photo.</summary>
public sealed record HandheldRecipe : Recipe
{
    /// <value>The generator's name in listings and in JSON.</value>
    public const string Name = "handheld";

    /// <summary>The hold says where the product is; of the camera only its lens angle is left to draw.</summary>
    public HandheldRecipe() => Camera = new() { FieldOfView = Distribution.Uniform(42, 62), Distance = 0.4, Side = 0, Height = 0.5, Yaw = 0, Pitch = 0, Roll = 0 };

    public override string Generator => Name;

    /// <summary>How the product is held.</summary>
    public HoldKnobs Hold { get; init; } = new();

    /// <summary>What is behind it.</summary>
    public SceneryKnobs Scenery { get; init; } = new();

    /// <summary>The recipe that a new dataset starts from: one product, upright and large, most of them in a hand.</summary>
    public static HandheldRecipe Default(Catalogue catalogue) => new() { Catalogue = catalogue.Hash };

    /// <summary>The same as <see cref="Default"/>, to be followed by <see cref="RecipeBuilder.With"/>.</summary>
    public static HandheldRecipe Create(Catalogue catalogue) => Default(catalogue);

    /// <summary>Reads and checks a recipe of this generator; knobs left out keep their defaults.</summary>
    /// <exception cref="RecipeException">Another generator's, not JSON, an unknown property, a wrong type, or a value outside its range; it says where.</exception>
    public static new HandheldRecipe Parse(string json) => RecipeJson.Read<HandheldRecipe>(json, Name);
}
