using Neuro.Cli.Receipts;
using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Cli.Tests.Receipts;

/// <summary>Receipts checked offline: what was signed, what was delivered, and what can be made again; and each way to cheat at it.</summary>
public sealed class ReceiptAuditTests : IDisposable
{
    private readonly Delivered delivered = new();

    public static TheoryData<string> Fields => ["job", "shard", "kind", "recipe", "node", "outputs", "price", "fee", "verification", "at", "node signature"];

    public void Dispose() => delivered.Dispose();

    [Fact]
    public void Audit_Untouched_HoldsAndMakesEveryShardAgain()
    {
        var audit = delivered.Audit();

        audit.Faults.ShouldBeEmpty();
        audit.Receipts.ShouldAllBe(one => one.NodeSigned && one.PlatformSigned && one.Again!.Value.Holds);
        audit.Receipts.Select(one => Path.GetFileName(one.File)).ShouldBe(["shard-000000.tar", "shard-000001.tar"]);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Of_AChangedField_ThePlatformsSignatureDoesNotHold(string field)
    {
        var other = Ed25519.PublicKey(Ed25519.NewKey());
        var was = delivered.Receipts[0];
        var changed = field switch
        {
            "job" => was with { JobId = Guid.CreateVersion7() },
            "shard" => was with { Shard = 5 },
            "kind" => was with { Kind = "train" },
            "recipe" => was with { RecipeHash = new('0', 64) },
            "node" => was with { NodeId = other },
            "outputs" => was with { Outputs = [new('0', 64)] },
            "price" => was with { Price = Ntk.Parse("1") },
            "fee" => was with { Fee = Ntk.Parse("0.2") },
            "verification" => was with { Verification = "looked at twice" },
            "at" => was with { At = was.At.AddMilliseconds(1) },
            _ => was with { NodeSignature = delivered.Receipts[1].NodeSignature },
        };

        var audit = ReceiptAudit.Of(delivered.File with { Receipts = [changed] }, new(delivered.PublicKey, "given", ""));

        audit.Receipts[0].PlatformSigned.ShouldBeFalse();
        audit.Receipts[0].NodeSigned.ShouldBe(field is not ("job" or "shard" or "node" or "outputs" or "node signature"));
        audit.Faults.ShouldContain(fault => fault.Contains("the platform's signature does not hold"));
    }

    [Fact]
    public void Of_AnotherPlatformsKey_NoReceiptHolds()
    {
        var audit = delivered.Audit(key: Ed25519.PublicKey(Ed25519.NewKey()));

        audit.Receipts.ShouldAllBe(one => one.NodeSigned && !one.PlatformSigned);
        audit.Faults.Count().ShouldBe(2);
    }

    [Fact]
    public void Of_AReceiptTwice_IsSaid()
    {
        var twice = delivered.File with { Receipts = [delivered.Receipts[0], delivered.Receipts[0]] };

        ReceiptAudit.Of(twice, new(delivered.PublicKey, "given", "")).Faults.ShouldHaveSingleItem().ShouldContain("a shard is paid once");
    }

    [Fact]
    public void FindFiles_AChangedTar_IsNotWhatWasDelivered()
    {
        Spoil("shard-000001.tar");

        var faults = delivered.Audit().Faults.ToList();

        faults.ShouldContain(fault => fault.StartsWith("shard-000001.tar is not what was delivered"));
        faults.ShouldContain(fault => fault.Contains("no file in"));
    }

    [Fact]
    public void Render_ASpoiltPictureThatWasSigned_IsFoundByMakingItAgain()
    {
        Spoil("shard-000000.tar");
        delivered.Receipts[0] = delivered.Sign(1, "shard-000000.tar");

        var audit = delivered.Audit(images: 3);

        audit.Receipts[0].PlatformSigned.ShouldBeTrue();
        audit.Receipts[0].Again!.Value.Holds.ShouldBeFalse();
        audit.Receipts[1].Again!.Value.Holds.ShouldBeTrue();
    }

    [Fact]
    public void Render_AnotherSeedInTheFile_IsSaid()
    {
        var file = delivered.File;
        file = file with { Dataset = file.Dataset! with { Seed = Delivered.Seed + 1 } };

        delivered.Audit(file).Faults.ShouldAllBe(fault => fault.Contains("is of seed 7; the dataset is of seed 8"));
    }

    [Fact]
    public void Render_AnotherRecipeInTheFile_IsNotTheOneSignedFor()
    {
        var file = delivered.File;
        var recipe = (System.Text.Json.Nodes.JsonObject)file.Dataset!.Recipe.DeepClone();
        recipe["samples"] = 4;
        file = file with { Dataset = file.Dataset with { Recipe = recipe } };

        delivered.Audit(file).Faults.ShouldAllBe(fault => fault.Contains("is not the one that was signed for"));
    }

    [Theory]
    [InlineData(8, "Images 5 to 7 are in no shard.")]
    [InlineData(4, "holds 2 images from 3; the dataset has 4.")]
    public void Render_AnotherCountInTheFile_IsSaid(int count, string says)
    {
        var file = delivered.File;
        file = file with { Dataset = file.Dataset! with { Count = count } };

        delivered.Audit(file).Faults.ShouldHaveSingleItem().ShouldEndWith(says);
    }

    [Fact]
    public void Render_WithoutARecipe_SaysHowToGetOne() =>
        Should.Throw<NeuroException>(() => delivered.Audit(delivered.File with { Dataset = null })).Code.ShouldBe("receipt.no_recipe");

    // Colours of a picture; a tar has no checksum of its content.
    private void Spoil(string name)
    {
        var path = Path.Combine(delivered.Folder, name);
        var bytes = File.ReadAllBytes(path);
        var jpeg = bytes.AsSpan().IndexOf((byte[])[0xFF, 0xD8, 0xFF]);
        bytes.AsSpan(jpeg + 1000, 1000).Fill(0x55);
        File.WriteAllBytes(path, bytes);
    }
}
