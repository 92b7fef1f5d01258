using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

/// <summary>Six small rendered shelves of three generated cartons.</summary>
public sealed class FromShardsTests(FromShardsTests.Rendered rendered) : IClassFixture<FromShardsTests.Rendered>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void CountIn_AShard_IsWhatFromShardsCuts() =>
        CropSet.CountIn([rendered.Shard]).ShouldBe(CropSet.FromShards([rendered.Shard], 32, seed: 1, cancel: Cancel).Count);

    [Fact]
    public void CropSet_OfAShard_HoldsEveryVisibleProductWithItsClassAndMask()
    {
        var expected = ShardReader.Read(rendered.Shard).Sum(image => image.Labels.Instances.Count(instance => instance is { Visibility: >= 0.35f, Truncated: false } && Math.Max(instance.Box.Width, instance.Box.Height) >= 20));

        var data = CropSet.FromShards([rendered.Shard], 32, seed: 1, cancel: Cancel);

        data.Count.ShouldBe(expected);
        data.ClassNames.ShouldBe(["red", "green", "blue"]);
        data.Backdrops.Count.ShouldBe(6);
        foreach (var crop in data.Training.Concat(data.Held))
        {
            crop.Rgba.Where((_, i) => i % 4 == 3).ShouldContain(byte.MaxValue);
        }
    }

    [Fact]
    public void CropSet_SameShardAndSeed_SameCrops() =>
        CropSet.FromShards([rendered.Shard], 32, seed: 1, cancel: Cancel).Hash.ShouldBe(CropSet.FromShards([rendered.Shard], 32, seed: 1, cancel: Cancel).Hash);

    [Fact]
    public void CropSet_NothingLargeEnough_SaysWhatToDo() =>
        Should.Throw<NeuroException>(() => CropSet.FromShards([rendered.Shard], 32, limits: new() { Side = 4000 }, cancel: Cancel)).Code.ShouldBe("training.empty");

    [Fact]
    public void CropSet_ShardCutShort_IsTheReadersError()
    {
        var damaged = Path.Combine(rendered.Folder, "damaged.tar");
        File.WriteAllBytes(damaged, File.ReadAllBytes(rendered.Shard)[..^3000]);

        Should.Throw<ShardException>(() => CropSet.FromShards([damaged], 32, cancel: Cancel)).Message.ShouldContain("damaged.tar");
    }

    [Fact]
    public void LabelledImages_OfAShard_AreItsProducts()
    {
        var images = LabelledImages.FromShards([rendered.Shard], ["red", "green", "blue"]);

        images.Count.ShouldBe(CropSet.FromShards([rendered.Shard], 32, cancel: Cancel).Count);
        images.Read().Count().ShouldBe(images.Count);
        images.Read().ShouldAllBe(item => item.ClassId >= 0 && item.ClassId < 3 && item.Image.Width == item.Image.Height);
        images.Read().ShouldAllBe(item => item.Conditions!.Size > 1 && item.Conditions.Visibility > 0 && item.Conditions.Light > 0 && item.Conditions.Light < 1);
    }

    [Fact]
    public void LabelledImages_OfOtherClasses_AreRefused() =>
        Should.Throw<NeuroException>(() => LabelledImages.FromShards([rendered.Shard], ["red"])).Code.ShouldBe("evaluation.classes_mismatch");

    public sealed class Rendered : IDisposable
    {
        public Rendered()
        {
            WriteCatalogue(Folder);
            var catalogue = Catalogue.Load(Folder);
            var recipe = ShelfRecipe.Default(catalogue) with { Width = 320, Height = 240 };
            DatasetRenderer.RenderShard(recipe, catalogue, 5, 0, 6, Shard, null, CancellationToken.None);
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("neuro-shards-").FullName;

        public string Shard => Path.Combine(Folder, "shard.tar");

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        /// <summary>Three cartons in plain colours.</summary>
        internal static void WriteCatalogue(string folder)
        {
            Directory.CreateDirectory(folder);
            (byte R, byte G, byte B)[] colours = [(200, 30, 30), (30, 160, 60), (30, 40, 190)];
            string[] names = ["red", "green", "blue"];
            for (var i = 0; i < 3; i++)
            {
                File.WriteAllBytes(Path.Combine(folder, $"{names[i]}.png"), Codec.Png(Carton(colours[i])));
            }

            File.WriteAllLines(Path.Combine(folder, "classes.csv"), ["class_id,name,iconic", .. names.Select((name, i) => $"{i},{name},{name}.png")]);
        }

        /// <summary>A plain carton on white, as catalogues show them.</summary>
        private static Image Carton((byte R, byte G, byte B) colour) => new(120, 200,
            [.. Enumerable.Range(0, 120 * 200).SelectMany(i => i % 120 is >= 30 and < 90 && i / 120 is >= 20 and < 180 ? new byte[] { colour.R, colour.G, colour.B } : [255, 255, 255])]);
    }
}
