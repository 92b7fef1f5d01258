using Neuro.Kernels.Compute;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Interactive.Figures;

/// <summary>One image drawn once with each label that it carries.</summary>
public static class LabelFigures
{
    /// <value>Of the scene on the page of labels.</value>
    public const ulong Seed = 7;

    private const int Width = 480;
    private const int Height = 360;
    private const double PointsFromDegrees = 25;

    /// <summary>The recipe at 480 × 360 pixels without what only makes labels hard to see: noise, blur and a turned camera.</summary>
    public static ShelfRecipe Scene(Catalogue catalogue) => ShelfRecipe.Create(catalogue)
        .With("width", Width)
        .With("height", Height)
        .With("samples", 4)
        .With("rows", 2)
        .With("row.facings", 9)
        .With("row.missing", 0.12)
        .With("row.depth", 2)
        .With("row.yaw", Distribution.Normal(0, 12))
        .With("distractors.unknown", 0.08)
        .With("fixture.priceRails", 1)
        .With("fixture.fridge", 0)
        .With("fixture.endCap", 0)
        .With("fixture.crates", 0)
        .With("fixture.shelf", 0.85)
        .With("light.count", 2)
        .With("light.intensity", 0.55)
        .With("light.ambient", 0.7)
        .With("light.gloom", 0.6)
        .With("photo.exposure", 1.15)
        .With("photo.redGain", 1)
        .With("photo.blueGain", 1)
        .With("photo.gamma", 0.9)
        .With("lens.distortion", -0.03)
        .With("camera.distance", 0.85)
        .With("camera.side", 0)
        .With("camera.height", 0.5)
        .With("camera.yaw", 16)
        .With("camera.pitch", 6)
        .With("camera.roll", 2)
        .With("photo.noise", 0);

    /// <summary>Every label of image <paramref name="index"/> by its name, in the order of docs/labels.md; the names are fit for files.</summary>
    /// <param name="recipe">Of any generator.</param>
    /// <exception cref="RecipeException">A recipe that cannot be, or of another catalogue.</exception>
    public static IReadOnlyList<(string Name, Image Picture)> Draw(Recipe recipe, Catalogue catalogue, ulong seed, int index)
    {
        using var backend = RenderBackends.Create();
        var scene = SceneBuilder.Build(recipe, catalogue, seed, index);
        var frame = new Frame(scene.Width, scene.Height, FrameMaps.All);
        backend.Render(scene, frame);
        var labels = LabelPass.Run(scene, frame);
        var colours = new Image(frame.Width, frame.Height, frame.Rgb);
        var ground = OverlayMaps.Faded(colours);
        return
        [
            ("colours", colours),
            ("depth", Overlay.Depth(frame.Width, frame.Height, frame.Depth)),
            ("normals", OverlayMaps.Normals(frame)),
            ("albedo", OverlayMaps.Albedo(frame)),
            ("irradiance", OverlayMaps.Irradiance(frame)),
            ("shadow", OverlayMaps.Shadow(frame)),
            ("uv", OverlayMaps.Uv(frame)),
            ("instance-ids", Overlay.InstanceMask(labels)),
            ("class-ids", OverlayMaps.Classes(labels)),
            ("parts", OverlayMaps.Parts(frame)),
            ("boxes", OverlayShapes.Boxes(ground, labels)),
            ("oriented-boxes", OverlayShapes.OrientedBoxes(ground, labels)),
            ("boxes-3d", OverlayShapes.Boxes3D(ground, labels)),
            ("corners", OverlayShapes.Corners(ground, labels)),
            ("masks", OverlayShapes.Masks(ground, labels)),
            ("amodal-masks", OverlayShapes.AmodalMasks(ground, labels)),
            ("polygons", OverlayShapes.Polygons(ground, labels)),
            ("visibility", OverlayShapes.Visibility(ground, labels)),
            ("front-angle", OverlayShapes.FrontAngles(ground, labels)),
            ("point-cloud", OverlayPoints.Draw(frame, labels, PointsFromDegrees)),
            ("places", OverlayShop.Places(ground, labels)),
            ("gaps", OverlayShop.Gaps(ground, labels)),
            ("price-tags", OverlayShop.PriceTags(ground, labels)),
            ("confusables", OverlayShop.Confusables(ground, labels, catalogue)),
        ];
    }

    /// <summary>A figure as the file that a page shows.</summary>
    public static byte[] Png(string name, Image picture) => OverlayPng.Encode(picture, IsPhoto(name) ? 64 : 96);

    private static bool IsPhoto(string name) => name is "colours" or "albedo" or "point-cloud" or "irradiance";
}
