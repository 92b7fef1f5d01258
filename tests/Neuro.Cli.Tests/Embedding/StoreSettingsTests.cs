using Neuro.Backend;
using Neuro.Cli.Embedding;
using Neuro.Client.Api;

namespace Neuro.Cli.Tests.Embedding;

public sealed class StoreSettingsTests
{
    private static readonly PlatformOptions Usual = new() { DataFolder = "/nowhere" };

    private static readonly Dictionary<string, string> Bucket = new()
    {
        ["NEURO_S3_ENDPOINT"] = "https://s3.example.org",
        ["NEURO_S3_BUCKET"] = "neuro",
        ["NEURO_S3_ACCESS_KEY"] = "the-access-key",
        ["NEURO_S3_SECRET_KEY"] = "the-secret-key",
    };

    [Fact]
    public void WithStore_NothingSet_IsAsUsual() => Usual.WithStore(_ => null).ShouldBe(Usual);

    [Fact]
    public void WithStore_AllSet_IsReadAndItsKeysAreNotPrinted()
    {
        var set = new Dictionary<string, string>(Bucket) { ["NEURO_QUOTA_GIB"] = "0", ["NEURO_RECEIPT_DAYS"] = "730", ["NEURO_S3_REGION"] = "eu-central-1" };
        var options = Usual.WithStore(set.GetValueOrDefault);
        (options.ArtifactQuotaBytes, options.ReceiptTerm, options.S3!.Region, options.S3.SecretKey).ShouldBe((0, TimeSpan.FromDays(730), "eu-central-1", "the-secret-key"));
        options.ToString().ShouldNotContain("the-");
    }

    [Theory]
    [InlineData("NEURO_QUOTA_GIB", "-1", "platform.bad_setting")]
    [InlineData("NEURO_QUOTA_GIB", "9223372036854775807", "platform.bad_setting")]
    [InlineData("NEURO_RECEIPT_DAYS", "0", "platform.bad_setting")]
    [InlineData("NEURO_RECEIPT_DAYS", "a year", "platform.bad_setting")]
    [InlineData("NEURO_S3_ENDPOINT", "s3.example.org", "artifact.bad_store")]
    [InlineData("NEURO_S3_ENDPOINT", "https://the-user:the-word@s3.example.org", "artifact.bad_store")]
    [InlineData("NEURO_S3_BUCKET", "", "artifact.bad_store")]
    [InlineData("NEURO_S3_SECRET_KEY", "", "artifact.bad_store")]
    public void WithStore_Nonsense_SaysWhichAndNoKeys(string name, string value, string code)
    {
        var set = new Dictionary<string, string>(Bucket) { [name] = value };
        var refused = Should.Throw<NeuroException>(() => Usual.WithStore(set.GetValueOrDefault));
        refused.Code.ShouldBe(code);
        refused.Message.ShouldContain(name);
        refused.Message.ShouldNotContain("the-");
    }
}
