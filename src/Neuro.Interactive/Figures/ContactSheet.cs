using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Interactive.Figures;

/// <summary>Many small pictures on one sheet: what a generator makes, at a glance.</summary>
public static class ContactSheet
{
    private const int Columns = 4;
    private const int Gap = 4;
    private const int Width = 240;
    private const int Height = 180;
    private const int Samples = 4;

    /// <summary>The first images of each recipe, 240 × 180 pixels each, the recipes one below the other.</summary>
    /// <param name="recipes">Of any generators, all of this catalogue; their own sizes do not matter.</param>
    /// <param name="catalogue">The products.</param>
    /// <param name="seed">Of all of them.</param>
    /// <param name="each">Pictures of each recipe.</param>
    /// <exception cref="RecipeException">A recipe that cannot be, or of another catalogue.</exception>
    /// <exception cref="CatalogueException">A picture that cannot be used.</exception>
    public static Image Draw(IReadOnlyList<Recipe> recipes, Catalogue catalogue, ulong seed, int each, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(each, 1);
        using var backend = RenderBackends.Create();
        var pictures = new List<Image>();
        foreach (var recipe in recipes.Select(recipe => recipe with { Width = Width, Height = Height, Samples = Samples }))
        {
            for (var index = 0; index < each; index++)
            {
                cancel.ThrowIfCancellationRequested();
                var scene = SceneBuilder.Build(recipe, catalogue, seed, index);
                var frame = new Frame(Width, Height);
                backend.Render(scene, frame);
                pictures.Add(new Image(Width, Height, frame.Rgb));
            }
        }

        return Tiled(pictures, Columns);
    }

    /// <summary>Pictures of one size in rows, with a little white between them.</summary>
    public static Image Tiled(IReadOnlyList<Image> pictures, int columns)
    {
        var (width, height) = (pictures[0].Width, pictures[0].Height);
        columns = Math.Min(columns, pictures.Count);
        var (across, down) = ((columns * (width + Gap)) - Gap, ((pictures.Count + columns - 1) / columns * (height + Gap)) - Gap);
        var rgb = new byte[3 * across * down];
        Array.Fill(rgb, byte.MaxValue);
        for (var i = 0; i < pictures.Count; i++)
        {
            var (left, top) = (i % columns * (width + Gap), i / columns * (height + Gap));
            for (var y = 0; y < height; y++)
            {
                pictures[i].Rgb.AsSpan(3 * y * width, 3 * width).CopyTo(rgb.AsSpan(3 * (((top + y) * across) + left)));
            }
        }

        return new Image(across, down, rgb);
    }
}
