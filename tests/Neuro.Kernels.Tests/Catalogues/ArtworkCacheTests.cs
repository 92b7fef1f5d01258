using System.Collections.Concurrent;
using Neuro.Kernels.Artwork;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Catalogues;

public sealed class ArtworkCacheTests
{
    private static readonly long OneFace = 2 * Texture.FromTexels(Catalogue.ArtworkSize, new uint[Catalogue.ArtworkSize * Catalogue.ArtworkSize]).Bytes;
    private readonly ConcurrentBag<int> drawn = [];

    [Fact]
    public void Get_SameFaceTwice_IsTheSameObjectDrawnOnce()
    {
        var cache = Cache(4);

        cache.Get(1, Face.Front).ShouldBeSameAs(cache.Get(1, Face.Front));
        cache.Get(1, Face.Left).ShouldBeSameAs(cache.Get(1, Face.Left));
        drawn.ShouldBe([1]);
    }

    [Fact]
    public void Get_MoreThanFits_ForgetsWhatWasUsedLongestAgo()
    {
        var cache = Cache(2);
        cache.Get(1, Face.Front);
        cache.Get(2, Face.Front);
        cache.Get(1, Face.Front);
        cache.Get(3, Face.Front);
        drawn.Clear();

        cache.Get(1, Face.Front);
        cache.Get(3, Face.Front);
        drawn.ShouldBeEmpty();
        cache.Get(2, Face.Front);
        drawn.ShouldBe([2]);
    }

    [Fact]
    public void Get_OneLargerThanAll_IsKeptAlone()
    {
        var cache = Cache(0.5);

        cache.Get(1, Face.Front).ShouldBeSameAs(cache.Get(1, Face.Front));
        cache.Get(2, Face.Front);

        cache.Held.ShouldBe(OneFace);
    }

    [Fact]
    public void Get_FromManyThreads_StaysWithinItsBoundAndNeverMixesProducts()
    {
        var cache = Cache(5);
        var colours = Enumerable.Range(0, 12).Select(product => Draw(product).Artwork.Of(Face.Front).Mips[^1][0]).ToArray();
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var product = i * 7 % 12;
            cache.Get(product, i % 3 == 0 ? Face.Left : Face.Front);
            cache.Get(product, Face.Front).Mips[^1][0].ShouldBe(colours[product]);
        });

        cache.Held.ShouldBeInRange(OneFace, 5 * OneFace);
    }

    [Fact]
    public void Get_ThatFails_IsTriedAgain()
    {
        var fails = true;
        var cache = new ArtworkCache(product => fails ? throw new CatalogueException("catalogue.unreadable", "busy") : Draw(product), OneFace);
        Should.Throw<CatalogueException>(() => cache.Get(1, Face.Front));

        fails = false;

        cache.Get(1, Face.Front).Size.ShouldBe(Catalogue.ArtworkSize);
        cache.Held.ShouldBe(OneFace);
    }

    private ArtworkCache Cache(double faces) => new(Draw, (long)(faces * OneFace));

    private (IArtwork Artwork, long Bytes) Draw(int product)
    {
        drawn.Add(product);
        var picture = new Image(4, 4, [.. Enumerable.Repeat((byte)(20 * product), 48)]);
        var article = new Product($"{product}", $"{product}", ProductShape.Box, 60, 100, 40, "front.png");
        return (ProductArtwork.Make(article, new Dictionary<Face, Image> { [Face.Front] = picture }, onWhite: false), 0);
    }
}
