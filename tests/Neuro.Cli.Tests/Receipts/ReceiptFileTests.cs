using System.Text.Json;
using Neuro.Cli.Receipts;
using Neuro.Client.Api;

namespace Neuro.Cli.Tests.Receipts;

/// <summary>What a file of receipts may be, and whose key it is held against.</summary>
public sealed class ReceiptFileTests : IDisposable
{
    private static readonly Uri Elsewhere = new("https://neuro.example/");
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch;

    private readonly Delivered delivered = new();
    private readonly string path = Path.GetTempFileName();
    private readonly KnownPlatforms known = new(Directory.CreateTempSubdirectory("neuro-known-").FullName);

    public static TheoryData<string> Broken =>
    [
        "", "null", "[]", "{}", "[null]", "7", "\"receipt\"", "{\"receipts\":[]}", "{\"receipts\":null}", "{\"receipts\":[{}]}", "[{\"jobId\":7}]", new string('[', 5000),
        "[{\"jobId\":\"a\",\"price\":\"1e400\"}]",
    ];

    public void Dispose()
    {
        delivered.Dispose();
        File.Delete(path);
    }

    [Fact]
    public void Read_ABundleAListOrAReceipt_GivesTheSameReceipts()
    {
        var one = delivered.Receipts[0];

        Read(delivered.Bundle.ToJson()).Dataset!.Seed.ShouldBe(Delivered.Seed);
        foreach (var json in new[] { delivered.Bundle.ToJson(), JsonSerializer.Serialize(delivered.Receipts, NeuroJson.Options), JsonSerializer.Serialize(one, NeuroJson.Options) })
        {
            Read(json).Receipts[0].SignedBytes().ShouldBe(one.SignedBytes());
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_AnythingElse_IsOneSentence(string json) => Should.Throw<NeuroException>(() => Read(json)).Code.ShouldStartWith("receipt.");

    [Fact]
    public void Of_AGivenKey_ComesBeforeARememberedOneAndThatBeforeTheFiles()
    {
        var (given, remembered) = (NewKey(), NewKey());
        TrustedKey.Of(delivered.File, null, known).ShouldSatisfyAllConditions(key => key.Source.ShouldBe("file"), key => key.PublicKey.ShouldBe(delivered.PublicKey));

        known.Remember(Elsewhere, remembered, Then);

        // The file says another key for that platform: what is known counts, and its receipts do not hold.
        TrustedKey.Of(delivered.File, null, known).ShouldSatisfyAllConditions(key => key.Source.ShouldBe("remembered"), key => key.PublicKey.ShouldBe(remembered));
        TrustedKey.Of(delivered.File, given, known).ShouldSatisfyAllConditions(key => key.Source.ShouldBe("given"), key => key.PublicKey.ShouldBe(given));
    }

    [Fact]
    public void Of_AFileWithoutAKey_TakesARememberedOneThatFitsOrNone()
    {
        var bare = new ReceiptFile(null, null, null, delivered.Receipts);
        known.Remember(Elsewhere, NewKey(), Then);
        Should.Throw<NeuroException>(() => TrustedKey.Of(bare, null, known)).Code.ShouldBe("receipt.no_key");

        known.Remember(new("http://127.0.0.1:5080/"), delivered.PublicKey, Then);

        TrustedKey.Of(bare, null, known).PublicKey.ShouldBe(delivered.PublicKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    public void Of_AKeyThatIsNone_IsRefused(string key) => Should.Throw<NeuroException>(() => TrustedKey.Of(delivered.File, key, known)).Code.ShouldBe("receipt.bad_key");

    [Fact]
    public void Remember_AnotherKeyOfAPlatformElsewhere_IsRefusedAndOnThisMachineKept()
    {
        known.Remember(Elsewhere, delivered.PublicKey, Then);
        known.Remember(Elsewhere, delivered.PublicKey, Then);
        Should.Throw<NeuroException>(() => known.Remember(Elsewhere, NewKey(), Then)).Code.ShouldBe("receipt.key_changed");

        known.Remember(new("http://127.0.0.1:5080/"), NewKey(), Then);
        known.Remember(new("http://127.0.0.1:5080/"), NewKey(), Then);

        known.All.Count.ShouldBe(3);
    }

    private static string NewKey() => Ed25519.PublicKey(Ed25519.NewKey());

    private ReceiptFile Read(string json)
    {
        File.WriteAllText(path, json);
        return ReceiptFile.Read(path);
    }
}
