using CsCheck;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Labels;

public sealed class LabelPassTests
{
    private const int MaxId = 6;

    private static readonly Gen<(int Width, int Height, int[] Ids)> AnyIds =
        from width in Gen.Int[1, 40]
        from height in Gen.Int[1, 40]
        from ids in Gen.Int[0, MaxId].Array[width * height]
        from smear in Gen.Int[1, 9]
        select (width, height, ids.Select((_, at) => ids[at / smear]).ToArray());

    [Fact]
    public void Masks_AnyIdPicture_DecodeToTheirIdsPixels() =>
        AnyIds.Sample(any =>
        {
            var masks = LabelPass.Masks(any.Ids, any.Width, any.Height, MaxId).ToList();
            return masks.Select(mask => mask.Id).SequenceEqual(any.Ids.Where(id => id > 0).Distinct().Order())
                && masks.All(mask => mask.Runs.Decode().SequenceEqual(any.Ids.Select(id => id == mask.Id)));
        });

    [Fact]
    public void Masks_AnyIdPicture_AreasSumToTheLabelledPixels() =>
        AnyIds.Sample(any => LabelPass.Masks(any.Ids, any.Width, any.Height, MaxId).Sum(mask => mask.Area) == any.Ids.Count(id => id > 0));

    [Fact]
    public void Masks_AnyIdPicture_BoxesAndAreasAreTightAroundTheirMasks() =>
        AnyIds.Sample(any => LabelPass.Masks(any.Ids, any.Width, any.Height, MaxId).All(mask =>
            mask.Box == mask.Runs.Box
            && mask.Area == mask.Runs.Area));

    [Fact]
    public void Masks_IdBeyondTheScene_IsRefused() =>
        Should.Throw<ArgumentException>(() => LabelPass.Masks([0, 7, 0, 0], 2, 2, MaxId)).Message.ShouldBe("The id picture holds 7 at column 1, row 0; the scene's ids end at 6.");

    [Fact]
    public void Run_RenderedShelves_VisibilityIsAShareAndProductsAreTheCatalogues()
    {
        using var backend = RenderBackends.Create();
        for (var index = 0; index < 4; index++)
        {
            var (scene, frame) = Rendered(backend, index);

            var labels = LabelPass.Run(scene, frame);

            labels.Instances.Count.ShouldBe(frame.Ids.Where(id => id > 0).Distinct().Count());
            foreach (var instance in labels.Instances)
            {
                instance.Visibility.ShouldBeInRange(float.Epsilon, 1);
                instance.Area.ShouldBe(frame.Ids.Count(id => id == instance.Id));
                instance.Sku.ShouldBe(CornerShop.Catalogue.Products[instance.ClassId].Sku);
            }
        }
    }

    [Fact]
    public void Run_FrameThatCountedNothing_IsRefused()
    {
        using var backend = RenderBackends.Create();
        var (scene, _) = Rendered(backend, 0);

        Should.Throw<ArgumentException>(() => LabelPass.Run(scene, new Frame(scene.Width, scene.Height))).Message.ShouldContain(nameof(Scene.WantsSilhouettes));
    }

    private static (Scene Scene, Frame Frame) Rendered(IRenderBackend backend, int index)
    {
        var scene = SceneBuilder.Build(ShelfRecipe.Default(CornerShop.Catalogue) with { Width = 160, Height = 120 }, CornerShop.Catalogue, 11, index);
        var frame = new Frame(scene.Width, scene.Height);
        backend.Render(scene, frame);
        return (scene, frame);
    }
}
