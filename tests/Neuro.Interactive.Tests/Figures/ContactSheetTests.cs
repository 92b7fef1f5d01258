using Neuro.Interactive.Figures;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Tests.Figures;

public sealed class ContactSheetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Draw_TwoGenerators_PutsTheirPicturesBelowEachOther()
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        var sheet = ContactSheet.Draw([ShelfRecipe.Default(catalogue), TabletopRecipe.Default(catalogue)], catalogue, seed: 1, each: 4, Cancel);
        (sheet.Width, sheet.Height).ShouldBe(((4 * 244) - 4, (2 * 184) - 4));
        ContactSheet.Draw([ShelfRecipe.Default(catalogue)], catalogue, seed: 1, each: 4, Cancel).Rgb.ShouldBe(sheet.Rgb[..(3 * sheet.Width * 180)]);
    }

    [Fact]
    public void Tiled_FewerThanARow_IsAsWideAsTheyAre()
    {
        var tiles = ContactSheet.Tiled([new Image(2, 1, [1, 2, 3, 4, 5, 6]), new Image(2, 1, [7, 8, 9, 10, 11, 12])], columns: 4);
        (tiles.Width, tiles.Height).ShouldBe((8, 1));
        tiles.Rgb.ShouldBe([1, 2, 3, 4, 5, 6, .. Enumerable.Repeat((byte)255, 12), 7, 8, 9, 10, 11, 12]);
    }

    [Fact]
    public void Draw_Cancelled_Stops()
    {
        var catalogue = Catalogue.Load(Path.Combine(Repository.Root, "datasets", "corner-shop"));
        Should.Throw<OperationCanceledException>(() => ContactSheet.Draw([ShelfRecipe.Default(catalogue)], catalogue, 1, 300, new CancellationToken(canceled: true)));
    }
}
