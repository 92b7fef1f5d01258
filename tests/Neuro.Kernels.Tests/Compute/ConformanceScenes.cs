using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Tests.Scenes;

namespace Neuro.Kernels.Tests.Compute;

/// <summary>Small scenes that together run through every branch of the kernels.</summary>
internal static class ConformanceScenes
{
    private static readonly Dictionary<string, Recipe> All = new()
    {
        ["shelf"] = Shelf,
        ["shelf, 4 samples"] = Shelf with { Samples = 4 },
        ["handheld"] = Handheld,
        ["handheld, 4 samples"] = Handheld with { Samples = 4 },
        ["tabletop"] = Tabletop,
        ["tabletop, 4 samples"] = Tabletop with { Samples = 4 },
        ["fridge with glass doors"] = Shelf.With("fixture.fridge", 1).With("samples", 4),
        ["glass before glass"] = Handheld.With("scenery.fridge", 1).With("scenery.shelf", 0).With("scenery.plain", 0),
        ["lens blur"] = Tabletop.With("lens.aperture", 12).With("lens.focus", 0.8).With("samples", 4),
        ["lens blur with one sample"] = Handheld.With("scenery.blur", 10),
        ["motion blur"] = Shelf.With("lens.motionBlur", 9).With("samples", 4),
        ["motion blur through a wide lens"] = Shelf.With("lens.motionBlur", 6).With("lens.aperture", 20),
        ["rolling shutter"] = Shelf.With("lens.rollingShutter", -14),
        ["barrel distortion"] = Shelf.With("lens.distortion", -0.4),
        ["pincushion distortion"] = Shelf.With("lens.distortion", 0.4).With("samples", 4),
        ["dust, vignette and haze"] = Shelf.With("photo.dust", 20).With("lens.vignette", 1).With("photo.haze", 0.5),
        ["four long lamps"] = Tabletop.With("light.count", 4).With("light.size", 2).With("samples", 4),
        ["point lamp without occlusion"] = Shelf.With("light.count", 1).With("light.size", 0).With("light.occlusion", 0),
        ["noise, gamma and film"] = Tabletop.With("photo.noise", 40).With("photo.gamma", 0.5).With("surface.film", 1).With("surface.wear", 1),
        ["occluders"] = Shelf.With("distractors.occluders", 6),
    };

    public static IEnumerable<string> Names => All.Keys;

    public static Scene Build(string kind, int index) => SceneBuilder.Build(All[kind], TestShop.Shapes, 11, index);

    private static ShelfRecipe Shelf => ShelfRecipe.Default(TestShop.Shapes) with { Width = 48, Height = 36 };

    private static HandheldRecipe Handheld => HandheldRecipe.Default(TestShop.Shapes) with { Width = 48, Height = 36 };

    private static TabletopRecipe Tabletop => TabletopRecipe.Default(TestShop.Shapes) with { Width = 48, Height = 36 };
}
