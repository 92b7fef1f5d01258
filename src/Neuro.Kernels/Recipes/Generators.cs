namespace Neuro.Kernels.Recipes;

/// <summary>The recipe types by the name of their generator.</summary>
internal static class Generators
{
    public static IReadOnlyDictionary<string, Type> All { get; } = new OrderedDictionary<string, Type>
    {
        [ShelfRecipe.Name] = typeof(ShelfRecipe),
        [HandheldRecipe.Name] = typeof(HandheldRecipe),
        [TabletopRecipe.Name] = typeof(TabletopRecipe),
    };

    /// <summary>A recipe with every knob at its generator's default.</summary>
    public static Recipe New(Type type) => (Recipe)Activator.CreateInstance(type)!;
}
