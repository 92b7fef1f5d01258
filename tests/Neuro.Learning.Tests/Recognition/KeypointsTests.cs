using System.Numerics.Tensors;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Recognition;

namespace Neuro.Learning.Tests.Recognition;

public sealed class KeypointsTests
{
    [Fact]
    public void Of_APlainPicture_FindsNothing() => Keypoints.Of(Drawn(96, 96, (_, _) => 0.5), 100).ShouldBeEmpty();

    [Fact]
    public void Of_ABlob_FindsItsMiddleAndItsSize()
    {
        // A Gaussian blob stands out most at a blur a little below its own deviation.
        var points = Keypoints.Of(Drawn(96, 80, (x, y) => Math.Exp(-(Square(x - 50) + Square(y - 33)) / (2 * 36.0))), 100);
        var (point, distance) = points.Select(point => (point, Math.Sqrt(Square(point.X - 50) + Square(point.Y - 33)))).MinBy(one => one.Item2);
        distance.ShouldBeLessThan(0.7);
        ((double)point.Scale).ShouldBeInRange(4, 8);
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(0, 1.5)]
    [InlineData(1, 0.7)]
    public void Of_TheSamePictureTurnedOrScaled_MatchesPlaceByPlace(int quarters, double scale)
    {
        const int Side = 120;
        var side = (int)(Side * scale);
        var turned = Drawn(side, side, (x, y) => Noise(Back((x + 0.5) / scale, (y + 0.5) / scale)));
        var (first, second) = (Keypoints.Of(Drawn(Side, Side, (x, y) => Noise((x + 0.5, y + 0.5))), 300), Keypoints.Of(turned, 300));
        var (near, matched) = (0, 0);
        foreach (var point in second)
        {
            var ordered = first.Select(other => (other, Product: TensorPrimitives.Dot<float>(point.Descriptor, other.Descriptor))).OrderByDescending(one => one.Product).Take(2).ToList();
            if (1 - ordered[0].Product < 0.64 * (1 - ordered[1].Product))
            {
                matched++;
                var (x, y) = Back((point.X + 0.5) / scale, (point.Y + 0.5) / scale);
                near += Math.Sqrt(Square(ordered[0].other.X + 0.5 - x) + Square(ordered[0].other.Y + 0.5 - y)) < 3 ? 1 : 0;
            }
        }

        matched.ShouldBeGreaterThan(30);
        ((double)near / matched).ShouldBeGreaterThan(0.9);

        (double X, double Y) Back(double x, double y)
        {
            for (var i = 0; i < quarters; i++)
            {
                (x, y) = (y, Side - x);
            }

            return (x, y);
        }
    }

    [Fact]
    public void Of_AnyPicture_DescribesWithLengthOneAndKeepsTheStrongest()
    {
        var all = Keypoints.Of(Drawn(120, 120, (x, y) => Noise((x, y))), 1000);
        all.ShouldAllBe(point => Math.Abs(TensorPrimitives.Norm<float>(point.Descriptor) - 1) < 1e-4 && point.Descriptor.All(value => value >= 0 && value < 0.5));
        Keypoints.Of(Drawn(120, 120, (x, y) => Noise((x, y))), 20).Select(point => point.Strength).ShouldBe(all.Take(20).Select(point => point.Strength));
    }

    [Fact]
    public void Votes_OfAPhotoOfAProduct_NameIt()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-keypoints-").FullName;
        try
        {
            for (var i = 0; i < 3; i++)
            {
                var shift = 1000 * i;
                File.WriteAllBytes(Path.Combine(folder, $"{i}.png"), Codec.Png(Drawn(120, 160, (x, y) => x is < 20 or > 100 || y is < 10 or > 150 ? 1 : Noise((x + shift, y)))));
            }

            File.WriteAllLines(Path.Combine(folder, "classes.csv"), ["class_id,name,iconic", "0,a,0.png", "1,b,1.png", "2,c,2.png"]);
            var matcher = new KeypointMatcher(Catalogue.Load(folder));
            var votes = matcher.Votes(Drawn(200, 200, (x, y) => x is < 50 or > 180 || y is < 40 or > 190 ? 0.3 : Noise((((x - 50) / 1.1) + 1020, ((y - 40) / 1.1) + 10))));
            Array.IndexOf(votes, votes.Max()).ShouldBe(1);
            votes.Sum().ShouldBe(1, 1e-4);
            matcher.Votes(Drawn(64, 64, (_, _) => 0.2)).ShouldAllBe(vote => vote == 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Square(double value) => value * value;

    /// <summary>Smooth and without a repeat: waves of many lengths and directions.</summary>
    private static double Noise((double X, double Y) at)
    {
        var sum = 0.0;
        for (var i = 1; i <= 24; i++)
        {
            var (sin, cos) = Math.SinCos(i * 2.399963);
            sum += Math.Sin((((cos * at.X) + (sin * at.Y)) * (0.06 + (0.035 * i))) + (i * i));
        }

        return Math.Clamp(0.5 + (0.1 * sum), 0, 1);
    }

    private static Image Drawn(int width, int height, Func<double, double, double> lightness)
    {
        var rgb = new byte[width * height * 3];
        for (var i = 0; i < width * height; i++)
        {
            rgb.AsSpan(3 * i, 3).Fill((byte)((255 * lightness(i % width, i / width)) + 0.5));
        }

        return new(width, height, rgb);
    }
}
