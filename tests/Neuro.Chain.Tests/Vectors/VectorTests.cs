using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Neuro.Chain.Coding;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;

namespace Neuro.Chain.Tests.Vectors;

/// <summary>Our bytes are those of ethers and viem.</summary>
public sealed class VectorTests
{
    [Fact]
    public void SignedTransaction_OfEachVector_EqualsEthersAndViem()
    {
        var vectors = Vector.Of("txs");
        foreach (var vector in vectors)
        {
            var transaction = new Eip1559Transaction
            {
                ChainId = vector.GetProperty("chainId").GetInt64(),
                Nonce = vector.GetProperty("nonce").GetInt64(),
                PriorityFee = Number(vector, "tip"),
                MaxFee = Number(vector, "max"),
                Gas = vector.GetProperty("gas").GetInt64(),
                To = Address.Parse(vector.Text("to")),
                Value = Number(vector, "value"),
                Data = Hex.Bytes(vector.Text("data")),
            };
            var signed = transaction.With(Secp256k1.Sign(transaction.Digest, Hash32.Parse(vector.Text("key"))));
            Hex.Of(signed.Raw.Span).ShouldBe(vector.Text("ethers"));
            Hex.Of(signed.Raw.Span).ShouldBe(vector.Text("viem"));
            signed.From.ToString().ShouldBe(vector.Text("address"));
        }

        vectors.Count.ShouldBe(200);
    }

    [Fact]
    public void PersonalMessage_OfEachVector_EqualsEthers()
    {
        var vectors = Vector.Of("personal");
        foreach (var vector in vectors)
        {
            var message = Encoding.UTF8.GetBytes(vector.Text("message"));
            var signature = Secp256k1.Sign(PersonalMessage.Digest(message), Hash32.Parse(vector.Text("key")));
            signature.ToString().ShouldBe(vector.Text("sig"));
            PersonalMessage.Recover(message, signature).ToString().ShouldBe(vector.Text("address"));
        }

        vectors.Count.ShouldBe(200);
    }

    [Fact]
    public void TypedData_OfEachPermit_EqualsEthers()
    {
        var keys = Vector.Of("personal").Concat(Vector.Of("txs")).DistinctBy(vector => vector.Text("address"))
            .ToDictionary(vector => vector.Text("address"), vector => Hash32.Parse(vector.Text("key")));
        var vectors = Vector.Of("permit");
        foreach (var vector in vectors)
        {
            var data = TypedData.Parse(Permit(vector));
            data.Digest.ToString().ShouldBe(vector.Text("digest"));
            Secp256k1.Recover(data.Digest, Signature.Parse(vector.Text("sig"))).ToString().ShouldBe(vector.Text("owner"));
            Secp256k1.Sign(data.Digest, keys[vector.Text("owner")]).ToString().ShouldBe(vector.Text("sig"));
        }

        vectors.Count.ShouldBe(200);
    }

    [Fact]
    public void Abi_OfEachSettlement_EqualsEthers()
    {
        var abi = ContractAbi.Parse("""
            [{"type": "function", "name": "settleBatch", "inputs": [{"type": "bytes32"}, {"type": "address[]"}, {"type": "uint256[]"}], "outputs": []}]
            """);
        var vectors = Vector.Of("abi");
        foreach (var vector in vectors)
        {
            object[] to = [.. vector.GetProperty("to").EnumerateArray().Select(item => (object)Address.Parse(item.GetString()!))];
            object[] amounts = [.. vector.GetProperty("amounts").EnumerateArray().Select(item =>
                (object)BigInteger.Parse(item.GetString()!, CultureInfo.InvariantCulture))];
            var data = abi.Function("settleBatch").Encode(Hash32.Parse(vector.Text("id")), to, amounts);
            Hex.Of(data).ShouldBe(vector.Text("data"));
            var read = abi.Function("settleBatch").DecodeCall(data);
            read[0].ShouldBe(Hash32.Parse(vector.Text("id")));
            read[1].ShouldBe(to);
            read[2].ShouldBe(amounts);
        }

        vectors.Count.ShouldBe(40);
    }

    [Fact]
    public void Signature_WithHighS_IsRefused() =>
        Should.Throw<FormatException>(() => Signature.Parse(Vector.HighS)).Message.ShouldContain("high S");

    private static string Permit(JsonElement vector) => $$"""
        {
          "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}],
            "Permit": [{"name": "owner", "type": "address"}, {"name": "spender", "type": "address"}, {"name": "value", "type": "uint256"}, {"name": "nonce", "type": "uint256"}, {"name": "deadline", "type": "uint256"}]
          },
          "primaryType": "Permit",
          "domain": {"name": "Neurotoken", "version": "1", "chainId": 31337, "verifyingContract": "{{vector.Text("token")}}"},
          "message": {"owner": "{{vector.Text("owner")}}", "spender": "{{vector.Text("spender")}}", "value": "{{vector.Text("value")}}", "nonce": "{{vector.Text("nonce")}}", "deadline": "{{vector.Text("deadline")}}"}
        }
        """;

    private static BigInteger Number(JsonElement vector, string name) => BigInteger.Parse(vector.Text(name), CultureInfo.InvariantCulture);
}
