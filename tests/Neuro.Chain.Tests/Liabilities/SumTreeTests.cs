using System.Numerics;
using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Chain.Liabilities;
using Neuro.Chain.Tests.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Tests.Liabilities;

public sealed class SumTreeTests
{
    private static readonly Gen<Liability> Leaves = Gen.Select(Generate.Address, Gen.ULong, Generate.Hash, (owner, amount, salt) => new Liability(owner, amount, salt));

    [Fact]
    public void Proof_OfEachLeaf_IsAcceptedByTheVerifier() => Leaves.List[1, 40].Sample(leaves =>
    {
        var tree = SumTree.Build(leaves);
        tree.Sum.ShouldBe(leaves.Aggregate(BigInteger.Zero, (sum, leaf) => sum + leaf.Amount));
        for (var i = 0; i < leaves.Count; i++)
        {
            var (isRight, reason) = LiabilityProof.Verify(tree.Proof(i, 7), tree.Root.ToString());
            isRight.ShouldBeTrue(reason);
        }
    }, iter: 50);

    [Fact]
    public void Verify_WithAnyValueChanged_SaysNo() => Gen.Select(Leaves.List[2, 20], Gen.Int[0, 1000], Gen.Int[1, 1000]).Sample((leaves, which, more) =>
    {
        var tree = SumTree.Build(leaves);
        foreach (var field in (string[])["amount", "sum", "owner", "salt", "root"])
        {
            var proof = JsonNode.Parse(tree.Proof(which % leaves.Count, 7))!.AsObject();
            proof[field] = Changed(proof[field]!.GetValue<string>(), more);
            LiabilityProof.Verify(proof.ToJsonString()).IsRight.ShouldBeFalse(field);
        }

        foreach (var field in (string[])["hash", "sum", "left"])
        {
            var proof = JsonNode.Parse(tree.Proof(which % leaves.Count, 7))!.AsObject();
            var step = proof["path"]![0]!;
            step[field] = field == "left" ? !step[field]!.GetValue<bool>() : Changed(step[field]!.GetValue<string>(), more);
            LiabilityProof.Verify(proof.ToJsonString()).IsRight.ShouldBeFalse(field);
        }
    }, iter: 50);

    [Fact]
    public void Verify_AgainstAnotherPublishedRoot_SaysNo()
    {
        var tree = SumTree.Build([new(default, 5, default)]);
        LiabilityProof.Verify(tree.Proof(0, 1), Hash32.Zero.ToString()).Reason.ShouldContain("not 0x000");
    }

    // The honest total is 10; a platform that would hide 3 of it would have to name another sum on the path, and the hash covers it.
    [Fact]
    public void Verify_OfAPathWhoseSumsAreLowered_SaysNo()
    {
        var tree = SumTree.Build([new(default, 7, default), new(default, 3, default)]);
        var proof = JsonNode.Parse(tree.Proof(0, 1))!;
        proof["path"]![0]!["sum"] = "0";
        proof["sum"] = "7";
        LiabilityProof.Verify(proof.ToJsonString()).IsRight.ShouldBeFalse();
    }

    [Fact]
    public void Verify_OfAnyText_SaysNoAndThrowsNothing() => Gen.String.Sample(text => LiabilityProof.Verify(text).IsRight.ShouldBeFalse());

    [Fact]
    public void Build_OfASingleLeaf_IsItsOwnRoot()
    {
        var tree = SumTree.Build([new(default, 5, default)]);
        tree.Path(0).ShouldBeEmpty();
        tree.Root.ShouldBe(Neuro.Chain.Coding.Keccak.Of([.. new byte[1 + 20], .. Hash32.Of(5).ToBytes(), .. new byte[32]]));
    }

    [Fact]
    public void Build_OfASumOverUint256_IsRefused() =>
        Should.Throw<OverflowException>(() =>
            SumTree.Build([new(default, Uint256.Max, default), new(default, 1, default)])).Message.ShouldContain("sum of all liabilities");

    [Fact]
    public void Verifier_IsAFileThatAStrangerCanReadAlone()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "src", "Neuro.Chain", "Liabilities", "LiabilityProof.cs"));
        lines.Length.ShouldBeLessThanOrEqualTo(100);
        lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal)).ShouldAllBe(line => line.StartsWith("using System", StringComparison.Ordinal));
    }

    private static string Changed(string value, int more) => value.StartsWith("0x", StringComparison.Ordinal)
        ? value[..^3] + ((Convert.ToInt32(value[^3..], 16) + more) % 4096).ToString("x3", System.Globalization.CultureInfo.InvariantCulture)
        : (BigInteger.Parse(value, System.Globalization.CultureInfo.InvariantCulture) + more).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
