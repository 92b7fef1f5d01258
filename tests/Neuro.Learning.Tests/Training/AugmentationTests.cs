using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class AugmentationTests
{
    private static readonly Crop Product = Pictures.Crops(1).Training[0];
    private readonly Augmentation augmentation = new(CropSet.StoredSide(Pictures.Size), Pictures.Size);

    [Fact]
    public void Apply_SameRandomNumbers_SamePicture() => Augmented(5).ShouldBe(Augmented(5));

    [Fact]
    public void Apply_OtherRandomNumbers_OtherPicture() => Augmented(5).ShouldNotBe(Augmented(6));

    [Fact]
    public void Plain_ProductInTheMiddle_KeepsItsColours()
    {
        var picture = new byte[Pictures.Size * Pictures.Size * 3];

        augmentation.Plain(Product, picture);

        Pixel(picture, 16, 10).ShouldBe((210, 40, 40));
        Pixel(picture, 16, 22).ShouldBe((40, 40, 200));
    }

    [Fact]
    public void Apply_ManyTimes_UpperHalfStaysUpperAndRed()
    {
        // Small turns and shifts: what is above stays above, and colour jitter does not turn red into blue.
        var red = Enumerable.Range(0, 100).Count(i => Pixel(Augmented((ulong)i), 16, 11) is var (r, _, b) && r > b);

        red.ShouldBeGreaterThan(90);
    }

    [Fact]
    public void Apply_WithBackdrops_OftenReplacesWhatLiesBehindAndNeverTheProduct()
    {
        var side = CropSet.StoredSide(Pictures.Size);
        byte[] green = [.. Enumerable.Repeat(new byte[] { 0, 255, 0, 0 }, side * side).SelectMany(pixel => pixel)];
        var held = new Augmentation(side, Pictures.Size);
        var picture = new byte[Pictures.Size * Pictures.Size * 3];
        var (replaced, red) = (0, 0);
        for (ulong seed = 0; seed < 100; seed++)
        {
            held.Apply(Product, [green], SplitMix.For(seed), picture);
            replaced += Pixel(picture, 1, 1) is var (r, g, b) && g > r + 60 && g > b + 60 ? 1 : 0;
            red += Pixel(picture, 16, 11) is var (pr, _, pb) && pr > pb ? 1 : 0;
        }

        replaced.ShouldBeInRange(45, 90);
        red.ShouldBeGreaterThan(80);
    }

    [Fact]
    public void Apply_NothingVaried_KeepsColoursAndWhatLiesBehind()
    {
        var side = CropSet.StoredSide(Pictures.Size);
        byte[] green = [.. Enumerable.Repeat(new byte[] { 0, 255, 0, 0 }, side * side).SelectMany(pixel => pixel)];
        var held = new Augmentation(side, Pictures.Size, Variations.None);
        var picture = new byte[Pictures.Size * Pictures.Size * 3];
        var (replaced, red) = (0, 0);
        for (ulong seed = 0; seed < 100; seed++)
        {
            held.Apply(Product, [green], SplitMix.For(seed), picture);
            replaced += Pixel(picture, 1, 1) is var (r, g, b) && g > r + 60 && g > b + 60 ? 1 : 0;
            red += Pixel(picture, 16, 11) is var (pr, _, pb) && Math.Abs(pr - 210) < 12 && Math.Abs(pb - 40) < 12 ? 1 : 0;
        }

        replaced.ShouldBeLessThan(5); // A covered part may be green and in the corner.
        red.ShouldBeGreaterThan(80);
    }

    private byte[] Augmented(ulong seed)
    {
        var picture = new byte[Pictures.Size * Pictures.Size * 3];
        augmentation.Apply(Product, [], SplitMix.For(seed), picture);
        return picture;
    }

    private static (int R, int G, int B) Pixel(byte[] picture, int x, int y)
    {
        var at = (y * Pictures.Size + x) * 3;
        return (picture[at], picture[at + 1], picture[at + 2]);
    }
}
