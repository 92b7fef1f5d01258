using CsCheck;
using Neuro.Chain.Coding;
using Neuro.Chain.Signing;
using Neuro.Chain.Tests.Coding;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Tests.Signing;

public sealed class LocalSignerTests
{
    private static readonly Hash32 Key = Hash32.Parse("0x8449f10f761531e93a9d29a0d7147f9cce4a6c8a53bdc82f2a1bf30ce4a9fb43");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_ForTheDevelopmentChain_IsByItsAddress()
    {
        var signer = new LocalSigner(Key);
        (await signer.SignAsync(Transaction(31337), Cancel)).From.ShouldBe(signer.Address);
    }

    [Fact]
    public async Task Sign_ForAnotherChain_IsRefusedUnlessAllowed()
    {
        (await Should.ThrowAsync<NeuroException>(() => new LocalSigner(Key).SignAsync(Transaction(1), Cancel))).Code.ShouldBe("signer.wrong_chain");
        (await Should.ThrowAsync<NeuroException>(() => new LocalSigner(Key).SignTypedDataAsync(Mail(1), Cancel))).Code.ShouldBe("signer.wrong_chain");
        (await new LocalSigner(Key, isForAnyChain: true).SignAsync(Transaction(1), Cancel)).Transaction.ChainId.ShouldBe(1);
    }

    [Fact]
    public async Task Key_IsInNoTextOfTheSigner()
    {
        var signer = new LocalSigner(Key);
        var wrong = await Should.ThrowAsync<NeuroException>(() => signer.SignAsync(Transaction(1), Cancel));
        foreach (var text in (string[])[$"{signer}", wrong.ToString(), System.Text.Json.JsonSerializer.Serialize(signer)])
        {
            text.ShouldNotContain(Key.ToString()[2..], Case.Insensitive);
        }
    }

    [Fact]
    public void AddressOf_OfAKeyOutOfRange_IsRefusedWithoutRepeatingIt()
    {
        Should.Throw<FormatException>(() => new LocalSigner(Hash32.Zero));
        Should.Throw<FormatException>(() => new LocalSigner(Hash32.Of(Uint256.Max))).Message.ShouldNotContain("fff");
    }

    [Fact]
    public void Recover_OfSign_IsTheKeysAddress() => Gen.Select(Generate.Hash, Generate.Hash).Sample((digest, key) =>
    {
        var signature = Secp256k1.Sign(digest, key);
        Secp256k1.Recover(digest, signature).ShouldBe(Secp256k1.AddressOf(key));
        Signature.Parse(signature.ToString()).ShouldBe(signature);
        signature.S.ToNumber().ShouldBeLessThanOrEqualTo(Secp256k1.HalfOrder);
    }, iter: 20);

    // What everybody can make of a signature without the key: the same point with the other S.
    [Fact]
    public void Recover_OfTheOtherSignature_IsRefused() => Generate.Hash.Sample(digest =>
    {
        var signature = Secp256k1.Sign(digest, Key);
        var other = signature with { S = Hash32.Of(Secp256k1.Order - signature.S.ToNumber()), YParity = 1 - signature.YParity };
        Should.Throw<FormatException>(() => Secp256k1.Recover(digest, other)).Message.ShouldContain("high S");
    }, iter: 20);

    [Fact]
    public void Recover_OfAnyBytes_ThrowsNothingButFormatException() => Gen.Select(Generate.Hash, Gen.Byte.Array[60, 70]).Sample((digest, bytes) =>
        AbiTests.OrFormatException(() => Secp256k1.Recover(digest, Signature.Parse(bytes))), iter: 200);

    [Fact]
    public void Parse_OfASignedTransaction_IsIdentity() =>
        Gen.Select(Generate.Bytes, Gen.ULong, Generate.Address.Array[0, 3], Generate.Hash.Array[0, 3]).Sample((data, value, accounts, slots) =>
    {
        var transaction = Transaction(31337) with
        {
            Data = data, Value = value, To = accounts.Length == 0 ? null : accounts[0], AccessList = [.. accounts.Select(account => (account, (IReadOnlyList<Hash32>)slots))],
        };
        var signed = transaction.With(Secp256k1.Sign(transaction.Digest, Key));
        var read = SignedTransaction.Parse(signed.Raw);
        read.Transaction.Digest.ShouldBe(transaction.Digest);
        read.From.ShouldBe(Secp256k1.AddressOf(Key));
    }, iter: 50);

    [Fact]
    public void Parse_OfATransactionWithAByteChanged_ThrowsNothingButFormatException()
    {
        var transaction = Transaction(31337);
        var raw = transaction.With(Secp256k1.Sign(transaction.Digest, Key)).Raw.ToArray();
        Gen.Select(Gen.Int[0, raw.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            var changed = raw.ToArray();
            changed[at] = value;
            AbiTests.OrFormatException(() => SignedTransaction.Parse(changed));
        }, iter: 300);
    }

    // The example of EIP-712, with the digest and the signature that its page gives for the key keccak256("cow").
    [Fact]
    public void TypedData_OfTheEipsExample_HasItsDigest()
    {
        var mail = Mail(1);
        mail.Domain.ToString().ShouldBe("0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
        mail.Digest.ToString().ShouldBe("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
        Secp256k1.AddressOf(Keccak.Of("cow")).ToString().ShouldBe("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826");
        Secp256k1.Sign(mail.Digest, Keccak.Of("cow")).ToString().ShouldBe(
            "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c");
    }

    [Fact]
    public void TypedData_WithALetterChanged_ThrowsNothingButFormatException()
    {
        var json = Mail(1).ToJson();
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Char[' ', '~']).Sample((at, letter) =>
            AbiTests.OrFormatException(() => TypedData.Parse(json[..at] + letter + json[(at + 1)..])));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"types\": {}, \"primaryType\": \"A\", \"domain\": {}, \"message\": {}}")]
    [InlineData("{\"types\": {\"EIP712Domain\": [], \"A\": [{\"name\": \"a\", \"type\": \"B\"}]}, \"primaryType\": \"A\", \"domain\": {}, \"message\": {\"a\": 1}}")]
    [InlineData("{\"types\": {\"EIP712Domain\": [], \"A\": [{\"name\": \"a\", \"type\": \"uint8\"}]}, \"primaryType\": \"A\", \"domain\": {}, \"message\": {\"a\": 256}}")]
    [InlineData("{\"types\": {\"EIP712Domain\": [], \"A\": [{\"name\": \"a\", \"type\": \"uint8[2]\"}]}, \"primaryType\": \"A\", \"domain\": {}, \"message\": {\"a\": [1]}}")]
    [InlineData("{\"types\": {\"EIP712Domain\": [], \"A\": [{\"name\": \"a\", \"type\": \"uint8\"}]}, \"primaryType\": \"A\", \"domain\": {}, \"message\": {}}")]
    [InlineData("{\"types\": {\"EIP712Domain\": [{\"name\": \"chainId\", \"type\": \"uint256\"}]}, \"primaryType\": \"EIP712Domain\", \"domain\": {\"chainId\": \"x\"}}")]
    public void TypedData_OfWhatIsNone_SaysSo(string json) => Should.Throw<FormatException>(() => TypedData.Parse(json));

    internal static Eip1559Transaction Transaction(long chainId) =>
        new() { ChainId = chainId, Nonce = 3, PriorityFee = 1, MaxFee = 100, Gas = 21_000, To = Address.Zero, Value = 5 };

    internal static TypedData Mail(long chainId) => TypedData.Parse($$$"""
        {
          "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}],
            "Person": [{"name": "name", "type": "string"}, {"name": "wallet", "type": "address"}],
            "Mail": [{"name": "from", "type": "Person"}, {"name": "to", "type": "Person"}, {"name": "contents", "type": "string"}]
          },
          "primaryType": "Mail",
          "domain": {"name": "Ether Mail", "version": "1", "chainId": {{{chainId}}}, "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
          "message": {
            "from": {"name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
            "to": {"name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
            "contents": "Hello, Bob!"
          }
        }
        """);
}
