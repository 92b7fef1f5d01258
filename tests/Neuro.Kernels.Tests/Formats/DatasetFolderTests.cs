using DuckDB.NET.Data;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Formats;

public sealed class DatasetFolderTests : IDisposable
{
    private const ulong Seed = 0xFEED_0000_0000_0007;
    private static readonly ShelfRecipe Recipe = ShelfRecipe.Default(CornerShop.Catalogue) with { Width = 64, Height = 48 };
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void RenderFolder_SevenImagesInShardsOfThree_IsADataset()
    {
        var card = Render(7);

        var dataset = Dataset.Open(folder.Path);

        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            [".lock", "README.md", "card.json", "index.parquet", "objects.parquet", "recipe.json", "shard-000000.tar", "shard-000001.tar", "shard-000002.tar"]);
        dataset.Images().Select(image => image.Index).ShouldBe(Enumerable.Range(0, 7));
        (dataset.Count, dataset.Objects, dataset.RecipeHash, dataset.Seed).ShouldBe((7, card.Objects, Recipe.Hash, Seed));
        dataset.ClassHistogram.ShouldBe(card.ClassHistogram);
        dataset.Audit.ShouldBe(new Audit(card.Objects, 0));
        DataCard.Read(folder.Path)!.ShouldSatisfyAllConditions(
            read => read.Recipe.GetRawText().ShouldContain("\"shelf\""),
            read => read.Shards.ShouldBe(card.Shards),
            read => read.CatalogueHash.ShouldBe(CornerShop.Catalogue.Hash));
        ShelfRecipe.Parse(File.ReadAllText(folder.File("recipe.json"))).Hash.ShouldBe(Recipe.Hash);
    }

    [Fact]
    public void RenderFolder_OnePieceOrManyShards_GivesTheSameImages()
    {
        using var other = new TemporaryFolder();
        Render(5);
        DatasetRenderer.RenderFolder(Recipe, CornerShop.Catalogue, Seed, 5, other.Path, null, Cancel, shardSize: 100);

        Dataset.Open(folder.Path).Images().Select(image => Convert.ToHexString(image.Jpeg)).ShouldBe(Dataset.Open(other.Path).Images().Select(image => Convert.ToHexString(image.Jpeg)));
    }

    [Fact]
    public void RenderFolder_Readme_SaysHowToMakeItAgain()
    {
        var card = Render(2);

        var readme = File.ReadAllText(folder.File("README.md"));

        readme.ShouldContain($"neuro datasets render --catalogue FOLDER --recipe recipe.json --seed {Seed} --images 2");
        readme.ShouldContain($"{card.Audit.Boxes:N0} instances derived again from the written id pictures, 0 mismatches");
        readme.ShouldContain(CornerShop.Catalogue.Products[0].Name);
    }

    [Fact]
    public void Image_AnyIndex_IsThatImage()
    {
        Render(7);
        var dataset = Dataset.Open(folder.Path);
        var inOrder = dataset.Images().ToList();

        foreach (var index in (int[])[6, 0, 3, 2, 5, 1, 4])
        {
            var image = dataset.Image(index);

            image.Labels.ShouldBe(inOrder[index].Labels);
            image.Jpeg.ShouldBe(inOrder[index].Jpeg);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => dataset.Image(7)).Message.ShouldContain("holds images 0 to 6");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("cut short")]
    [InlineData("of another dataset")]
    public void Image_IndexThatCannotBeTrusted_IsReadFromTheShard(string index)
    {
        Render(7);
        using var other = new TemporaryFolder();
        DatasetRenderer.RenderFolder(Recipe with { Width = 96 }, CornerShop.Catalogue, Seed, 7, other.Path, null, Cancel, shardSize: 3);
        var path = folder.File("index.parquet");
        var content = index switch { "none" => [], "cut short" => File.ReadAllBytes(path)[..^100], _ => File.ReadAllBytes(other.File("index.parquet")) };
        File.WriteAllBytes(path, content);

        Dataset.Open(folder.Path).Image(4).Index.ShouldBe(4);
    }

    [Fact]
    public void RenderFolder_Again_GoesOnAfterTheLastWholeShard()
    {
        Render(4);
        var before = File.ReadAllBytes(folder.File("shard-000000.tar"));
        var reported = new List<int>();

        var card = DatasetRenderer.RenderFolder(Recipe, CornerShop.Catalogue, Seed, 9, folder.Path, new Immediate(reported.Add), Cancel, shardSize: 3);

        reported.ShouldBe([4, 5, 6, 7, 8, 9]);
        card.Shards.Select(shard => (shard.First, shard.Count)).ShouldBe([(0, 3), (3, 1), (4, 3), (7, 2)]);
        File.ReadAllBytes(folder.File("shard-000000.tar")).ShouldBe(before);
        Query<long>("select count(*) from '{0}'", "index.parquet").ShouldBe(9);
        Query<long>("select count(*) from '{0}'", "objects.parquet").ShouldBe(card.Objects);
    }

    [Fact]
    public void RenderFolder_Cancelled_LeavesWholeShardsThatCanBeReadAndGoneOnWith()
    {
        using var cancel = new CancellationTokenSource();

        Should.Throw<OperationCanceledException>(() => DatasetRenderer.RenderFolder(
            Recipe, CornerShop.Catalogue, Seed, 9, folder.Path, new Immediate(done => { if (done == 5) { cancel.Cancel(); } }), cancel.Token, shardSize: 3));

        Dataset.Open(folder.Path).Count.ShouldBe(3);
        Query<long>("select count(*) from '{0}'", "index.parquet").ShouldBe(3);
        Directory.GetFiles(folder.Path, "*.partial").ShouldBeEmpty();
        Render(9).Images.ShouldBe(9);
    }

    [Fact]
    public void RenderFolder_DiskFullInTheSecondShard_KeepsTheFirstAndGoesOnLater()
    {
        Requires.True(File.Exists("/dev/full"), "needs /dev/full: run on Linux");
        File.CreateSymbolicLink(folder.File("shard-000001.tar.partial"), "/dev/full");

        var error = Should.Throw<ShardException>(() => Render(9));

        error.Code.ShouldBe("shard.disk_full");
        Dataset.Open(folder.Path).Images().Count().ShouldBe(3);
        Render(9).Images.ShouldBe(9);
        Dataset.Open(folder.Path).Images().Count().ShouldBe(9);
    }

    [Theory]
    [InlineData("index.parquet")]
    [InlineData("objects.parquet")]
    public void RenderFolder_IndexThatDisagreesWithTheShards_IsMadeAgain(string name)
    {
        var card = Render(7);
        File.WriteAllBytes(folder.File(name), File.ReadAllBytes(folder.File(name))[..^20]);

        Render(7);

        Query<long>("select count(*) from '{0}'", "index.parquet").ShouldBe(7);
        Query<long>("select count(*) from '{0}'", "objects.parquet").ShouldBe(card.Objects);
    }

    [Fact]
    public void RenderFolder_TwoWriters_TheSecondIsRefused()
    {
        using var first = DatasetWriter.Open(folder.Path, Recipe.Hash, Seed, DatasetRenderer.ClassNames(CornerShop.Catalogue), []);

        var error = Should.Throw<ShardException>(() => Render(2));

        error.Code.ShouldBe("dataset.locked");
        error.Message.ShouldContain(folder.Path);
    }

    [Fact]
    public void RenderFolder_LockLeftByADeadProcess_DoesNotBlock()
    {
        folder.Write(".lock", "");

        Render(2).Images.ShouldBe(2);
    }

    [Fact]
    public void RenderFolder_AnotherSeedOrRecipe_IsRefused()
    {
        Render(2);

        foreach (var render in (Action[])[
            () => DatasetRenderer.RenderFolder(Recipe, CornerShop.Catalogue, Seed + 1, 4, folder.Path, null, Cancel),
            () => DatasetRenderer.RenderFolder(Recipe with { Width = 65 }, CornerShop.Catalogue, Seed, 4, folder.Path, null, Cancel)])
        {
            var error = Should.Throw<ShardException>(render);
            error.Code.ShouldBe("dataset.another");
            error.Message.ShouldContain("Choose another folder");
        }

        Dataset.Open(folder.Path).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(DatasetRenderer.MaxImages + 1)]
    public void RenderFolder_CountOutOfRange_IsRefused(int count)
    {
        var error = Should.Throw<ShardException>(() => Render(count));

        error.Code.ShouldBe("dataset.bad_count");
        error.Message.ShouldContain("1 to 5,000,000");
        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void RenderFolder_RecipeOfAnotherCatalogue_IsRefused()
    {
        var other = Recipe with { Catalogue = new string('0', 64) };

        var error = Should.Throw<ShardException>(() => DatasetRenderer.RenderFolder(other, CornerShop.Catalogue, Seed, 1, folder.Path, null, Cancel));

        error.Code.ShouldBe("dataset.other_catalogue");
        error.Message.ShouldContain(CornerShop.Catalogue.Hash);
    }

    [Fact]
    public void RenderFolder_MostImages_BeginsAtOnceAndPlansNothing()
    {
        using var cancel = new CancellationTokenSource();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<OperationCanceledException>(() => DatasetRenderer.RenderFolder(
            Recipe, CornerShop.Catalogue, Seed, DatasetRenderer.MaxImages, folder.Path, new Immediate(done => { if (done == 2) { cancel.Cancel(); } }), cancel.Token, shardSize: 2));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(DatasetRenderer.MaxImages);
    }

    [Fact]
    public void ParquetTable_GroupWithoutRows_IsAGroup()
    {
        var (numbers, names) = (new NumberColumn<int>("number"), new TextColumn("name"));
        using (var table = new ParquetTable(folder.File("a.parquet"), [numbers, names]))
        {
            table.EndGroup();
            numbers.Add(7);
            names.Add("seven");
            table.EndGroup();
            table.EndGroup();
            table.Complete();
        }

        ParquetTable.Groups(folder.File("a.parquet"), [numbers, names]).ShouldBe([0, 1, 0]);
        Query<string>("select name from '{0}' where number = 7", "a.parquet").ShouldBe("seven");
        using (var copy = new ParquetTable(folder.File("a.parquet"), [numbers, names]))
        {
            copy.CopyGroups();
            copy.Complete();
        }

        ParquetTable.Groups(folder.File("a.parquet"), [numbers, names]).ShouldBe([0, 1, 0]);
    }

    [Fact]
    public void RenderFolder_ShardMissing_IsRefused()
    {
        Render(7);
        File.Delete(folder.File("shard-000000.tar"));
        File.Move(folder.File("shard-000001.tar"), folder.File("shard-000000.tar"));

        Should.Throw<ShardException>(() => Render(7)).Code.ShouldBe("dataset.mixed");
    }

    [Fact]
    public void Open_CardOfOtherShards_IsPassedOver()
    {
        Render(4);
        File.Delete(folder.File("shard-000001.tar"));

        Dataset.Open(folder.Path).Count.ShouldBe(3);
    }

    [Fact]
    public void Open_DamagedCard_NamesIt()
    {
        Render(2);
        folder.Write("card.json", "{\"format\":");

        Should.Throw<ShardException>(() => Dataset.Open(folder.Path)).Message.ShouldStartWith(folder.File("card.json"));
    }

    [Fact]
    public void Parquet_ReadByAnotherProgram_SaysWhatTheShardsSay()
    {
        Render(4);
        var images = Dataset.Open(folder.Path).Images().ToList();

        Query<int>("select max(objects) from '{0}'", "index.parquet").ShouldBe(images.Max(image => image.Labels.Instances.Count));
        Query<double>("select sum(visibility)::double from '{0}' where class = 3", "objects.parquet")
            .ShouldBe(images.SelectMany(image => image.Labels.Instances).Where(one => one.ClassId == 3).Sum(one => (double)one.Visibility), 1e-4);
        Query<string>("select sku from '{0}' order by image desc, id desc limit 1", "objects.parquet").ShouldBe(images[^1].Labels.Instances[^1].Sku);

        var (offset, length) = (Query<long>("select jpg_offset from '{0}' where image = 3", "index.parquet"), Query<int>("select jpg_length from '{0}' where image = 3", "index.parquet"));
        var tar = File.ReadAllBytes(folder.File("shard-000001.tar"));
        tar.AsSpan((int)offset, length).ToArray().ShouldBe(images[3].Jpeg);
    }

    private DataCard Render(int count) => DatasetRenderer.RenderFolder(Recipe, CornerShop.Catalogue, Seed, count, folder.Path, null, Cancel, shardSize: 3);

    private T Query<T>(string sql, string table)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, folder.File(table));
        return (T)command.ExecuteScalar()!;
    }

    private sealed class Immediate(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
