using System.Diagnostics;
using System.Text;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Catalogues;

/// <summary>Measures the whole process's memory, so nothing else may run.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>The shop of a large retailer: more products than could be decoded when the catalogue is read.</summary>
[Collection(nameof(Alone))]
public sealed class LargeCatalogueTests : IDisposable
{
    private const int Products = 170_000;
    private const int Pictures = 500;
    private const long CacheBytes = 32L << 20;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_AsManyProductsAsALargeRetailerHas_TakesSecondsAndItsMemoryStaysFlat()
    {
        Write();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();

        var catalogue = Catalogue.Load(folder.Path, CacheBytes);

        watch.Stop();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        catalogue.Products.Count.ShouldBe(Products);
        var loaded = GC.GetTotalMemory(forceFullCollection: true);
        (loaded - before).ShouldBeLessThan(Products * 600L);
        catalogue.Hash.Length.ShouldBe(64);
        catalogue.Confusables(17).Count.ShouldBe(9);

        Ask(catalogue, 0, 100);
        var asked = GC.GetTotalMemory(forceFullCollection: true);
        Ask(catalogue, 100, 1000);
        var again = GC.GetTotalMemory(forceFullCollection: true);
        (again - asked).ShouldBeLessThan(CacheBytes / 2);
        GC.KeepAlive(catalogue);
    }

    /// <summary>The cache holds 45 of them.</summary>
    private static void Ask(Catalogue catalogue, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            catalogue.Artwork(i * 171 % Products);
        }
    }

    private void Write()
    {
        for (var i = 0; i < Pictures; i++)
        {
            folder.Write($"pictures/{i}.png", Codec.Png(new Image(8, 16, [.. Enumerable.Repeat((byte)(i % 256), 3 * 8 * 16)])));
        }

        var json = new StringBuilder("{\"name\":\"retailer\",\"products\":[");
        for (var i = 0; i < Products; i++)
        {
            json.Append(i == 0 ? "" : ",").Append($$"""{"sku":"{{i}}","name":"Product {{i}}","shape":"box","widthMm":70,"heightMm":200,"depthMm":60,"picture":"pictures/{{i % Pictures}}.png","family":"{{i / 10}}"}""");
        }

        folder.Write("catalogue.json", json.Append("]}").ToString());
    }
}
