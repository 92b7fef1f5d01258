using Neuro.Client.Api;
using Neuro.Client.Jobs;
using Neuro.Client.Tokens;

namespace Neuro.Client.Tests.Jobs;

public sealed class ReceiptTests
{
    private readonly byte[] platform = Ed25519.NewKey();
    private readonly byte[] node = Ed25519.NewKey();

    [Fact]
    public void Verify_SignedByBoth_Holds() => Signed().Verify(Ed25519.PublicKey(platform)).ShouldBeTrue();

    [Fact]
    public void Verify_AnyFieldChanged_Fails()
    {
        var receipt = Signed();
        Receipt[] forgeries =
        [
            receipt with { JobId = Guid.NewGuid() },
            receipt with { Shard = 1 },
            receipt with { Kind = "train" },
            receipt with { RecipeHash = "cd" },
            receipt with { NodeId = Ed25519.PublicKey(platform) },
            receipt with { Outputs = ["ef"] },
            receipt with { Price = receipt.Price + new Ntk(1) },
            receipt with { Fee = receipt.Fee + new Ntk(1) },
            receipt with { Verification = "unchecked" },
            receipt with { At = receipt.At.AddSeconds(1) },
            receipt with { NodeSignature = receipt.Signature },
            receipt with { Signature = receipt.NodeSignature },
        ];
        forgeries.ShouldAllBe(forgery => !forgery.Verify(Ed25519.PublicKey(platform)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 at all")]
    [InlineData("AAAA")]
    public void Verify_MalformedKey_IsFalseAndDoesNotThrow(string key) => Signed().Verify(key).ShouldBeFalse();

    private Receipt Signed()
    {
        var job = Guid.NewGuid();
        string[] outputs = ["ab"];
        var receipt = new Receipt(
            job, 0, "render", "12", Ed25519.PublicKey(node), outputs, Ntk.Parse("1.1"), Ntk.Parse("0.1"), "1 image made again", DateTimeOffset.UtcNow,
            Ed25519.Sign(node, Receipt.WorkBytes(job, 0, outputs)), "");
        return receipt with { Signature = Ed25519.Sign(platform, receipt.SignedBytes()) };
    }
}
