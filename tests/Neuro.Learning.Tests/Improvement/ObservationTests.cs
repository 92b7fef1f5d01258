using CsCheck;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Improvement;

namespace Neuro.Learning.Tests.Improvement;

public sealed class ObservationTests
{
    private static readonly Image Photo = Striped(96, 4);

    [Fact]
    public void WeakTraits_DarkFifthWrong_IsThatEndOfLight()
    {
        var (slice, range) = Watched.Of(500, 1, (traits, _) => traits[Watched.Light] < 0.2 ? 0.3 : 0.9).WeakTraits().ShouldHaveSingleItem();
        range.Trait.ShouldBe(Watched.Light);
        range.To.ShouldBe(0.2, 0.03);
        range.From.ShouldBeInRange(0, 0.04);
        slice.Name.ShouldStartWith("pictures darker than 0.");
        slice.Accuracy.ShouldBeLessThan(0.4);
        slice.OthersAccuracy.ShouldBe(0.9, 0.05);
    }

    [Fact]
    public void WeakTraits_BothEndsWrong_AreTwoSlices() =>
        Watched.Of(600, 2, (traits, _) => traits[Watched.Size] is < 20 or > 80 ? 0.3 : 0.95).WeakTraits().Select(one => one.Slice.Name.Split(" than")[0])
            .ShouldBe(["products smaller", "products larger"], ignoreOrder: true);

    /// <summary>Each of the dozen ends is cut in five places, so now and then chance looks like a slice; never often, and never in a set of few.</summary>
    [Fact]
    public void WeakTraits_MistakesAtRandom_AreSeldomASlice()
    {
        Enumerable.Range(0, 40).Count(seed => Watched.Of(300, (uint)seed, (_, _) => 0.8).WeakTraits().Count > 0).ShouldBeLessThanOrEqualTo(4);
        Enumerable.Range(0, 40).Count(seed => Watched.Of(12, (uint)seed, (_, _) => 0.8).WeakTraits().Count > 0).ShouldBe(0);
    }

    [Fact]
    public void WeakClasses_OneWrong_IsTheOne()
    {
        var (slice, classId) = Watched.Of(300, 3, (_, classId) => classId == 1 ? 0.4 : 0.9).WeakClasses().ShouldHaveSingleItem();
        classId.ShouldBe(1);
        slice.Name.ShouldBe("pictures of green");
        (slice.Count + slice.OthersCount).ShouldBe(300);
    }

    [Fact]
    public void WeakTraits_OfPhotos_PassesOverWhatIsNotKnown()
    {
        var dark = new Observation("m", "photos", Watched.Classes, [.. Enumerable.Range(0, 200).Select(i => new Observation.Seen([i / 200.0, 0, 0.3, double.NaN, double.NaN, double.NaN], 0, i >= 40))]);
        dark.WeakTraits().ShouldHaveSingleItem().Range.Trait.ShouldBe(Watched.Light);
    }

    [Fact]
    public void Traits_OfAPicture_FollowItsPixels()
    {
        var plain = Trait.Of(new("a", 0, Photo));
        var dark = Trait.Of(new("b", 0, Changed(Photo, (value, _) => value / 4)));
        var red = Trait.Of(new("c", 0, Changed(Photo, (value, channel) => channel == 2 ? value / 2 : value)));
        var coarse = Trait.Of(new("d", 0, Striped(96, 24)));
        dark[0].ShouldBe(plain[0] / 4, 0.01);
        dark[2].ShouldBe(plain[2], 0.15 * plain[2]);
        red[1].ShouldBe(plain[1] + 1, 0.05);
        coarse[2].ShouldBeLessThan(plain[2] / 2);
        plain[3..].ShouldAllBe(value => double.IsNaN(value));
        Trait.Of(new("e", 0, Photo, new Conditions(40, 0.7, 0, 25, 0.5)))[3..].ShouldBe([40, 0.7, 25]);
    }

    [Fact]
    public void Traits_OfAnyPicture_AreNumbers() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Byte).Sample((width, height, value) =>
            Trait.Of(new("any", 0, new(width, height, [.. Enumerable.Repeat(value, 3 * width * height)])))[..3].All(double.IsFinite), iter: 50);

    private static Image Striped(int side, int width) => new(side, side, [.. Enumerable.Range(0, side * side).SelectMany(i => Enumerable.Repeat((byte)(i % side / width % 2 == 0 ? 60 : 200), 3))]);

    private static Image Changed(Image image, Func<int, int, int> change) => new(image.Width, image.Height, [.. image.Rgb.Select((value, i) => (byte)change(value, i % 3))]);
}
