using System.Formats.Tar;
using System.Text.Json;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Formats;

public sealed class ShardTests : IDisposable
{
    private const ulong Seed = 0xFEED_0000_0000_0005;
    private static readonly ShelfRecipe Recipe = ShelfRecipe.Default(CornerShop.Catalogue) with { Width = 96, Height = 72 };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_RenderedShard_GivesBackImagesAndLabels()
    {
        var summary = Render("a.tar", 5, 4);

        var images = ShardReader.Read(folder.File("a.tar")).ToList();

        images.Select(image => image.Index).ShouldBe([5, 6, 7, 8]);
        images.Sum(image => image.Labels.Instances.Count).ShouldBe(summary.Objects);
        summary.Audit.ShouldBe(new Audit(summary.Objects, 0));
        summary.ClassHistogram.Sum().ShouldBe(summary.Objects);
        foreach (var image in images)
        {
            (image.Decode().Width, image.Decode().Height).ShouldBe((96, 72));
            var ids = image.Ids();
            image.Labels.Instances.ShouldAllBe(instance => instance.Area == ids.Count(id => id == instance.Id));
            image.Depth().ShouldAllBe(metres => metres > 0);
        }
    }

    [Fact]
    public void RenderShard_OneThreadOrThree_GivesTheSameBytes()
    {
        var one = Render("one.tar", 0, 5, threads: 1);
        var three = Render("three.tar", 0, 5, threads: 3);

        three.Sha256.ShouldBe(one.Sha256);
        File.ReadAllBytes(folder.File("three.tar")).ShouldBe(File.ReadAllBytes(folder.File("one.tar")));
        three.Bytes.ShouldBe(new FileInfo(folder.File("three.tar")).Length);
    }

    [Fact]
    public void RenderShard_Cancelled_LeavesNothing()
    {
        using var cancel = new CancellationTokenSource();

        Should.Throw<OperationCanceledException>(() => DatasetRenderer.RenderShard(Recipe, CornerShop.Catalogue, Seed, 0, 50, folder.File("a.tar"), new Immediate(_ => cancel.Cancel()), cancel.Token));

        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void RenderShard_DiskFull_SaysSoAndLeavesNothing()
    {
        Requires.True(File.Exists("/dev/full"), "needs /dev/full: run on Linux");
        File.CreateSymbolicLink(folder.File("a.tar.partial"), "/dev/full");

        var error = Should.Throw<ShardException>(() => Render("a.tar", 0, 4));

        error.Code.ShouldBe("shard.disk_full");
        error.Message.ShouldContain("the disk is full");
        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void RenderShard_FolderIsAFile_SaysWhatCannotBeWritten()
    {
        folder.Write("file", "x");

        var error = Should.Throw<ShardException>(() => Render("file/a.tar", 0, 1));

        error.Code.ShouldBe("shard.unwritable");
        error.Message.ShouldStartWith($"{folder.File("file/a.tar")} cannot be written: ");
    }

    [Fact]
    public void Read_ShardCutShort_SaysSoAtAnyLength()
    {
        Render("a.tar", 0, 2);
        var tar = File.ReadAllBytes(folder.File("a.tar"));
        for (var length = 0; length < tar.Length - 2048; length += 991)
        {
            folder.Write("short.tar", tar[..length]);
            foreach (var read in (Action[])[() => ShardReader.Read(folder.File("short.tar")).Count(), () => Dataset.Open([folder.File("short.tar")])])
            {
                var error = Should.Throw<ShardException>(read);
                error.Code.ShouldBe("shard.truncated", error.Message);
            }
        }
    }

    [Fact]
    public void Read_MissingShard_NamesIt() =>
        Should.Throw<ShardException>(() => ShardReader.Read(folder.File("none.tar")).Count()).Code.ShouldBe("shard.not_found");

    [Theory]
    [InlineData("../../evil.jpg", TarEntryType.RegularFile)]
    [InlineData("evil.sh", TarEntryType.RegularFile)]
    [InlineData("000000.jpg", TarEntryType.SymbolicLink)]
    public void Read_MemberThatDoesNotBelong_IsRefused(string name, TarEntryType type)
    {
        using (var tar = new TarWriter(File.Create(folder.File("evil.tar")), TarEntryFormat.Ustar))
        {
            var entry = new UstarTarEntry(type, name);
            if (type is TarEntryType.SymbolicLink)
            {
                entry.LinkName = "/etc/passwd";
            }

            tar.WriteEntry(entry);
        }

        var error = Should.Throw<ShardException>(() => ShardReader.Read(folder.File("evil.tar")).Count());

        error.Code.ShouldBe("shard.unexpected_member");
        error.Message.ShouldContain($"'{name}'");
    }

    [Fact]
    public void Read_MemberTwice_IsRefused()
    {
        Render("a.tar", 0, 1);
        var tar = File.ReadAllBytes(folder.File("a.tar"));
        var length = 512 + ((Convert.ToInt32(System.Text.Encoding.ASCII.GetString(tar, 124, 11), 8) + 511) / 512 * 512);
        folder.Write("twice.tar", [.. tar[..length], .. tar]);

        var error = Should.Throw<ShardException>(() => ShardReader.Read(folder.File("twice.tar")).Count());

        error.Code.ShouldBe("shard.malformed");
        error.Message.ShouldBe("twice.tar holds 000000.jpg twice.");
    }

    [Fact]
    public void Read_WholeShard_CanBeListedByTar()
    {
        Render("a.tar", 0, 2);
        var tar = Requires.Program("tar", "apt install tar");

        using var listing = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(tar, ["tf", folder.File("a.tar")]) { RedirectStandardOutput = true })!;

        listing.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            ["000000.jpg", "000000.depth.png", "000000.ids.png", "000000.parts.png", "000000.json", "000001.jpg", "000001.depth.png", "000001.ids.png", "000001.parts.png", "000001.json", "coco.json", "shard.json"]);
    }

    [Fact]
    public void Read_MemberThatClaimsGigabytes_IsRefusedUnread()
    {
        Render("a.tar", 0, 1);
        var tar = File.ReadAllBytes(folder.File("a.tar"));
        Claim(tar, size: 8L << 30);
        folder.Write("huge.tar", tar);

        var error = Should.Throw<ShardException>(() => ShardReader.Read(folder.File("huge.tar")).Count());

        error.Code.ShouldBe("shard.too_large");
        error.Message.ShouldStartWith("000000.jpg in huge.tar is 8,589,934,592 bytes");
    }

    [Fact]
    public void Check_NumbersAtTheEndOfTheirRange_AreAVerdictAndNoCrash()
    {
        // Else whoever delivers such a shard could end a stranger's job: a check that breaks is no verdict, and five of them give the job up.
        foreach (var (first, count) in new[] { (int.MaxValue, int.MaxValue), (int.MaxValue, 1), (1, int.MaxValue) })
        {
            WriteTar("numbers.tar", ("shard.json", $"{{\"format\":\"neuro-shard\",\"version\":1,\"recipe\":\"{Recipe.Hash}\",\"seed\":\"{Seed}\",\"first\":{first},\"count\":{count},\"objects\":0,\"classes\":[],\"classHistogram\":[],\"audit\":{{\"boxes\":0,\"mismatches\":0}}}}"));
            ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 0, 1, folder.File("numbers.tar"), 1).Valid.ShouldBeFalse();
        }

        Render("a.tar", 0, 1);
        var last = int.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture);
        WriteTar("last.tar", [.. new[] { "jpg", "depth.png", "ids.png", "json" }.Select(kind => ($"{last}.{kind}", "{}")), ("shard.json", Member("a.tar", "shard.json"))]);
        var verdict = ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 0, 1, folder.File("last.tar"), 1);
        (verdict.Valid, verdict.Reason).ShouldBe((false, $"last.tar holds '{last}.jpg' (RegularFile); a shard holds numbered images, coco.json and shard.json only."));
    }

    [Theory]
    [InlineData("000000.json")]
    [InlineData("shard.json")]
    public void Read_TextOfMoreThanAnyImageNeeds_IsRefusedUnread(string name)
    {
        WriteTar("text.tar", (name, "{}"));
        var tar = File.ReadAllBytes(folder.File("text.tar"));
        Claim(tar, size: (64 << 20) + 1);
        folder.Write("text.tar", tar);
        Should.Throw<ShardException>(() => ShardReader.Read(folder.File("text.tar")).Count()).Code.ShouldBe("shard.too_large");
    }

    [Fact]
    public void Read_DamagedBytes_NeverEscapeAsAnotherException()
    {
        Render("a.tar", 0, 1);
        var tar = File.ReadAllBytes(folder.File("a.tar"));
        var random = new Random(2);
        for (var trial = 0; trial < 300; trial++)
        {
            var damaged = (byte[])tar.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            folder.Write("damaged.tar", damaged);
            try
            {
                ShardReader.Read(folder.File("damaged.tar")).Count().ShouldBe(1);
            }
            catch (ShardException error)
            {
                error.Code.ShouldStartWith("shard.");
            }
        }
    }

    [Fact]
    public void CocoJson_OfAShard_HasEveryInstanceOnce()
    {
        var summary = Render("a.tar", 3, 2);
        using var coco = JsonDocument.Parse(Member("a.tar", "coco.json"));

        var annotations = coco.RootElement.GetProperty("annotations").EnumerateArray().ToList();

        annotations.Count.ShouldBe(summary.Objects);
        annotations.Select(one => one.GetProperty("id").GetInt64()).Distinct().Count().ShouldBe(summary.Objects);
        coco.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("file_name").GetString()).ShouldBe(["000003.jpg", "000004.jpg"]);
        coco.RootElement.GetProperty("categories").GetArrayLength().ShouldBe(20);
        foreach (var one in annotations)
        {
            var segmentation = one.GetProperty("segmentation");
            segmentation.GetProperty("size").EnumerateArray().Select(side => side.GetInt32()).ShouldBe([72, 96]);
            var mask = RunLength.FromCompressed(96, 72, segmentation.GetProperty("counts").GetString()!);
            mask.Area.ShouldBe(one.GetProperty("area").GetInt32());
            one.GetProperty("bbox").EnumerateArray().Select(side => side.GetInt32()).ShouldBe([mask.Box.X, mask.Box.Y, mask.Box.Width, mask.Box.Height]);
            one.GetProperty("iscrowd").GetInt32().ShouldBe(0);
            one.GetProperty("keypoints").GetArrayLength().ShouldBe(24);
            one.GetProperty("visibility").GetSingle().ShouldBeInRange(0, 1);
            one.GetProperty("truncation").GetSingle().ShouldBeInRange(0, 1);
            one.GetProperty("amodal_bbox").GetArrayLength().ShouldBe(4);
        }
    }

    [Fact]
    public void Check_HonestShard_IsValid()
    {
        Render("a.tar", 2, 3);

        var verdict = ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 2, 3, folder.File("a.tar"), sampleSeed: 77, samples: 2);

        verdict.ShouldBe(new ShardVerdict(true, "3 images from 2, 2 of them rendered again and equal."));
    }

    [Fact]
    public void Check_ShardOfAnotherSeedUnderTheOrderedName_IsRefused()
    {
        Render("other.tar", 0, 1, seed: 6);
        var image = ShardReader.Read(folder.File("other.tar")).Single();
        using (var writer = new ShardWriter(folder.File("a.tar"), new ShardContent(Recipe.Hash, Seed, 0, 1, DatasetRenderer.ClassNames(CornerShop.Catalogue))))
        {
            writer.Append(new EncodedImage(image.Labels, image.Jpeg, image.DepthPng, image.IdsPng, image.Maps, LabelsJson.Write(image.Labels), image.Audit()));
            writer.Complete();
        }

        ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 0, 1, folder.File("a.tar"), 1).ShouldBe(new ShardVerdict(false, "Image 0 rendered again shows other instance ids.") { Contradicted = true });
    }

    [Fact]
    public void Check_OtherColours_AreRefused()
    {
        Render("honest.tar", 0, 1);
        var image = ShardReader.Read(folder.File("honest.tar")).Single();
        var grey = Codec.Jpeg(new Image(96, 72, [.. Enumerable.Repeat((byte)128, 3 * 96 * 72)]));
        using (var writer = new ShardWriter(folder.File("a.tar"), new ShardContent(Recipe.Hash, Seed, 0, 1, DatasetRenderer.ClassNames(CornerShop.Catalogue))))
        {
            writer.Append(new EncodedImage(image.Labels, grey, image.DepthPng, image.IdsPng, image.Maps, LabelsJson.Write(image.Labels), image.Audit()));
            writer.Complete();
        }

        ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 0, 1, folder.File("a.tar"), 1).Reason.ShouldStartWith("Image 0 rendered again has other colours");
    }

    [Fact]
    public void Check_ImageThatIsNotInTheSample_IsLookedAtWhenItMustBe()
    {
        Render("honest.tar", 0, 3);
        var images = ShardReader.Read(folder.File("honest.tar")).ToList();
        using (var writer = new ShardWriter(folder.File("a.tar"), new ShardContent(Recipe.Hash, Seed, 0, 3, DatasetRenderer.ClassNames(CornerShop.Catalogue))))
        {
            foreach (var image in images)
            {
                var jpeg = image.Index == 2 ? images[0].Jpeg : image.Jpeg;
                writer.Append(new EncodedImage(image.Labels, jpeg, image.DepthPng, image.IdsPng, image.Maps, LabelsJson.Write(image.Labels), image.Audit()));
            }

            writer.Complete();
        }

        var blind = Enumerable.Range(0, 100).Select(seed => (ulong)seed).First(seed => Check(seed, null).Valid);
        Check(blind, 2).Reason.ShouldStartWith("Image 2 rendered again has other colours");
        var compared = ShardCheck.Compare(Recipe, 0, 3, folder.File("honest.tar"), folder.File("a.tar"));
        (compared.Same, compared.Image).ShouldBe((false, 2));

        ShardVerdict Check(ulong sampleSeed, int? image) => ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 0, 3, folder.File("a.tar"), sampleSeed, samples: 1, image);
    }

    [Fact]
    public void Compare_TwoHonestShards_AreTheSameAndOthersAreNot()
    {
        Render("a.tar", 2, 3);
        Render("b.tar", 2, 3);
        Render("c.tar", 2, 2);
        folder.Write("broken.tar", new byte[512]);
        ShardCheck.Compare(Recipe, 2, 3, folder.File("a.tar"), folder.File("b.tar")).Same.ShouldBeTrue();
        ShardCheck.Compare(Recipe, 2, 3, folder.File("a.tar"), folder.File("c.tar")).ShouldBe(new ShardComparison(false, "The two shards do not say that they are the same."));
        ShardCheck.Compare(Recipe, 2, 3, folder.File("broken.tar"), folder.File("a.tar")).Image.ShouldBeNull();
        ShardCheck.Compare(Recipe, 2, 3, folder.File("a.tar"), folder.File("broken.tar")).Reason.ShouldStartWith("broken.tar is cut short");
    }

    [Fact]
    public void Check_OtherRange_IsRefused()
    {
        Render("a.tar", 0, 1);

        ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 0, 2, folder.File("a.tar"), 1).Valid.ShouldBeFalse();
    }

    [Fact]
    public void Check_ShardThatCannotBeRead_IsRefusedWithTheReason()
    {
        folder.Write("a.tar", new byte[512]);

        ShardCheck.Check(Recipe, CornerShop.Catalogue, Seed, 0, 1, folder.File("a.tar"), 1).Reason.ShouldStartWith("a.tar is cut short");
    }

    [Fact]
    public void Dataset_TwoShards_AreOneRunOfImages()
    {
        var (second, first) = (Render("z.tar", 2, 2), Render("y.tar", 0, 2));

        var dataset = Dataset.Open(folder.Path);

        dataset.Images().Select(image => image.Index).ShouldBe([0, 1, 2, 3]);
        dataset.Count.ShouldBe(4);
        dataset.Objects.ShouldBe(first.Objects + second.Objects);
        dataset.RecipeHash.ShouldBe(Recipe.Hash);
        dataset.Seed.ShouldBe(Seed);
        dataset.ClassNames[0].ShouldBe(CornerShop.Catalogue.Products[0].Name);
        dataset.ClassHistogram.Sum().ShouldBe(dataset.Objects);
        dataset.Audit.Mismatches.ShouldBe(0);
    }

    [Fact]
    public void Dataset_ShardsOfTwoSeedsOrOverlapping_AreRefused()
    {
        Render("a.tar", 0, 2);
        Render("b.tar", 1, 2);
        Should.Throw<ShardException>(() => Dataset.Open(folder.Path)).Message.ShouldBe("a.tar and b.tar both hold image 1; remove one of them.");

        Render("b.tar", 2, 1, seed: 9);
        Should.Throw<ShardException>(() => Dataset.Open(folder.Path)).Code.ShouldBe("dataset.mixed");
    }

    [Fact]
    public void Dataset_EmptyFolder_SaysWhatIsMissing() =>
        Should.Throw<ShardException>(() => Dataset.Open(folder.Path)).Code.ShouldBe("dataset.empty");

    /// <summary>Writes another size into the first header, with its check sum.</summary>
    private void WriteTar(string name, params (string Name, string Text)[] members)
    {
        using var writer = new TarWriter(File.Create(folder.File(name)), TarEntryFormat.Ustar);
        foreach (var (member, text) in members)
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, member) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) });
        }
    }

    private static void Claim(byte[] tar, long size)
    {
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(tar, 124);
        var sum = Enumerable.Range(0, 512).Sum(at => at is >= 148 and < 156 ? ' ' : tar[at]);
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(tar, 148);
    }

    private ShardSummary Render(string name, int first, int count, int threads = 2, ulong seed = Seed) =>
        DatasetRenderer.RenderShard(Recipe, CornerShop.Catalogue, seed, first, count, folder.File(name), null, TestContext.Current.CancellationToken, threads);

    private string Member(string shard, string name)
    {
        using var tar = new TarReader(File.OpenRead(folder.File(shard)));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == name)
            {
                return new StreamReader(entry.DataStream!).ReadToEnd();
            }
        }

        throw new InvalidOperationException($"{shard} holds no {name}.");
    }

    private sealed class Immediate(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
