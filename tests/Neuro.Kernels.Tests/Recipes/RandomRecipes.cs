using System.Reflection;
using CsCheck;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Recipes;

/// <summary>Valid recipes of all generators with any knob at any value or distribution that it may take.</summary>
internal static class RandomRecipes
{
    /// <summary>A recipe of any generator; the size is that of a test's picture.</summary>
    /// <param name="catalogue">The hash it names.</param>
    /// <param name="share">Of the knobs that leave their default.</param>
    public static Gen<Recipe> Any(string catalogue, double share = 0.4) => Gen.OneOf([.. Generators.All.Values.Select(type => Of(type, catalogue, share))]);

    /// <summary>A recipe of one generator.</summary>
    public static Gen<T> Of<T>(string catalogue, double share = 0.4)
        where T : Recipe => Of(typeof(T), catalogue, share).Select(recipe => (T)recipe);

    /// <summary>Any distribution within a range: every form, lists within lists.</summary>
    public static Gen<Distribution> Distribution(AllowedAttribute allowed, int nesting = 0)
    {
        var number = Number(allowed, allowed.Least);
        var any = Number(new AllowedAttribute(allowed.Least, allowed.Most), allowed.Least);
        var width = allowed.Most - allowed.Least;
        var sigma = Gen.Double[width * 1e-3, width];
        var plain = new List<Gen<Distribution>>
        {
            number.Select(Kernels.Recipes.Distribution.Always),
            Gen.Select(number, number, (a, b) => Kernels.Recipes.Distribution.Uniform(Math.Min(a, b), Math.Max(a, b))),
            Gen.Select(any, sigma, Kernels.Recipes.Distribution.Normal),
            Gen.Select(any, sigma, any, any, (mean, spread, a, b) => TruncatedNormal(mean, spread, Math.Min(a, b), Math.Max(a, b))),
            Gen.Select(any, any, Weight, Weight, (a, b, left, right) => a == b ? a : Kernels.Recipes.Distribution.Curve((Math.Min(a, b), left), (Math.Max(a, b), right))),
        };
        if (allowed.Most > 0)
        {
            var positive = Number(allowed, Math.Max(allowed.Least, allowed.Whole ? 1 : 1e-6));
            plain.Add(Gen.Select(positive, positive, (a, b) => Kernels.Recipes.Distribution.LogUniform(Math.Min(a, b), Math.Max(a, b))));
        }

        if (nesting < 2)
        {
            var inner = Distribution(allowed, nesting + 1);
            plain.Add(inner.Array[1, 4].Select(options => Kernels.Recipes.Distribution.Choice(options)));
            plain.Add(Gen.Select(Weight, inner).Array[1, 4].Select(options => Kernels.Recipes.Distribution.Weighted(options)));
        }

        return Gen.OneOf([.. plain]);
    }

    private static readonly Gen<double> Weight = Gen.Double[0.01, 10];

    private static Gen<Recipe> Of(Type type, string catalogue, double share) => Gen.ULong.Select(seed =>
    {
        var random = new PCG(54, seed);
        var recipe = Generators.New(type);
        Set(recipe, nameof(Recipe.Catalogue), catalogue);
        Set(recipe, nameof(Recipe.Maps), Recipe.KnownMaps.Where(map => map is "depth" or "ids" || random.Next(2) == 0).ToList());
        Vary(recipe, share, random);
        Set(recipe, nameof(Recipe.Width), 16 + (int)random.Next(64));
        Set(recipe, nameof(Recipe.Height), 16 + (int)random.Next(64));
        Set(recipe, nameof(Recipe.Samples), random.Next(4) == 0 ? 4 : 1);
        return recipe;
    });

    private static void Vary(object target, double share, PCG random)
    {
        foreach (var property in Knobs.Properties(target.GetType()))
        {
            if (Knobs.IsGroup(property))
            {
                Vary(property.GetValue(target)!, share, random);
            }
            else if (property.PropertyType == typeof(Distribution) && random.Next(1000) < 1000 * share)
            {
                property.SetValue(target, Distribution(Knobs.Allowed(property)!).Generate(random, null, out _));
            }
        }
    }

    private static void Set(Recipe recipe, string name, object value) => recipe.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!.SetValue(recipe, value);

    // The mean is moved to within reach of the range, as the reader demands.
    private static Distribution TruncatedNormal(double mean, double sigma, double least, double most) =>
        Kernels.Recipes.Distribution.TruncatedNormal(Math.Clamp(mean, least - (5 * sigma), most + (5 * sigma)), sigma, least, most);

    private static Gen<double> Number(AllowedAttribute allowed, double least) =>
        allowed.Whole ? Gen.Int[(int)least, (int)allowed.Most].Select(whole => (double)whole) : Gen.Double[least, allowed.Most];
}
