using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class CropCutterTests
{
    private const int Width = 60;
    private const int Height = 40;

    [Theory]
    [InlineData(20, 10, 12, 20)]
    [InlineData(0, 0, 20, 10)]
    [InlineData(50, 30, 10, 10)]
    public void Cut_RectangularProduct_LiesInTheMiddleWithItsMask(int x, int y, int width, int height)
    {
        var inside = Enumerable.Range(0, Width * Height).Select(i => i % Width >= x && i % Width < x + width && i / Width >= y && i / Width < y + height).ToArray();
        var image = new Image(Width, Height, [.. inside.SelectMany(product => product ? new byte[] { 200, 0, 0 } : [0, 0, 200])]);
        var mask = RunLength.Encode(Width, Height, inside);
        var instance = new Instance
        {
            Id = 1,
            ClassId = 4,
            Sku = "sku",
            Box = mask.Box,
            Area = mask.Area,
            Mask = mask,
            AmodalBox = mask.Box,
            UnoccludedArea = mask.Area,
            AmodalMask = mask,
            Truncation = 0,
            OrientedBox = default,
            Pose = default,
            Size = default,
            Corners = [],
            FrontAngle = 0,
        };

        var crop = CropCutter.Cut(image, instance, 9, 96);

        (crop.ClassId, crop.Image, crop.Longest).ShouldBe((4, 9, Math.Max(width, height)));
        Pixel(crop, 48, 48).ShouldBe((200, 0, 0, 255));
        Pixel(crop, 2, 2).Mask.ShouldBe(0);
        var share = crop.Rgba.Where((_, i) => i % 4 == 3).Count(mask => mask > 0) / (96.0 * 96);
        var longer = Math.Max(width, height);
        share.ShouldBe(Crop.Fill * Crop.Fill * width * height / (longer * longer), 0.02);
    }

    private static (int R, int G, int B, int Mask) Pixel(Crop crop, int x, int y)
    {
        var at = (y * 96 + x) * 4;
        return (crop.Rgba[at], crop.Rgba[at + 1], crop.Rgba[at + 2], crop.Rgba[at + 3]);
    }
}
