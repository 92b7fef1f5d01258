using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Neuro.Chain.Signing;
using Neuro.Chain.Tests.Coding;
using Neuro.Chain.Tests.Vectors;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Tests.Signing;

public sealed class SiweTests
{
    private static readonly Hash32 Key = Hash32.Parse("0x8449f10f761531e93a9d29a0d7147f9cce4a6c8a53bdc82f2a1bf30ce4a9fb43");
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly SiweCheck Check = new("ntk.example", 31337) { Time = new FakeTimeProvider(Now) };

    private static readonly SiweMessage Message = new()
    {
        Domain = "ntk.example", Address = Secp256k1.AddressOf(Key), Uri = "https://ntk.example/login", ChainId = 31337, Nonce = "abcdefgh1", IssuedAt = Now,
    };

    [Fact]
    public async Task Verify_OfEachVector_IsByItsAddress()
    {
        var vectors = Vector.Of("siwe");
        foreach (var vector in vectors)
        {
            var check = Check with { Time = new FakeTimeProvider(new DateTimeOffset(2023, 11, 15, 0, 0, 0, TimeSpan.Zero)) };
            var message = await check.VerifyAsync(vector.Text("message"), vector.Text("sig"), (_, _) => Task.FromResult(true), TestContext.Current.CancellationToken);
            message.ToString().ShouldBe(vector.Text("message"));
            string.Join('|', message.Domain, message.Uri, message.ChainId, message.Nonce, message.Statement).ShouldBe(vector.Text("fields"));
        }

        vectors.Count.ShouldBe(40);
    }

    [Fact]
    public void Parse_OfToString_IsIdentity() => Messages().Sample(message => SiweMessage.Parse(message.ToString()).ToString().ShouldBe(message.ToString()));

    [Fact]
    public void Parse_OfAnyText_ThrowsNothingButFormatException() => Gen.String.Sample(text => AbiTests.OrFormatException(() => SiweMessage.Parse(text)));

    [Fact]
    public void Parse_OfAMessageWithALetterChanged_ThrowsNothingButFormatException() =>
        Gen.Select(Messages(), Gen.Int[0, 10_000], Gen.Char).Sample((message, at, letter) =>
    {
        var text = new StringBuilder(message.ToString());
        text[at % text.Length] = letter;
        AbiTests.OrFormatException(() => SiweMessage.Parse(text.ToString()));
    });

    [Fact]
    public void Parse_OfACompleteMessage_ReadsEveryField()
    {
        var message = SiweMessage.Parse("""
            https://ntk.example:8443 wants you to sign in with your Ethereum account:
            0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf

            Sign in to NTK.

            URI: https://ntk.example:8443/login?a=1
            Version: 1
            Chain ID: 1
            Nonce: abcdef123
            Issued At: 2026-01-02T03:04:05.123456+02:00
            Expiration Time: 2026-01-02T04:00:00Z
            Not Before: 2026-01-02T03:00:00Z
            Request ID: some/id
            Resources:
            - ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
            - https://example.com/my-web2-claim.json
            """.ReplaceLineEndings("\n").Replace("some/id", "some-id"));
        (message.Scheme, message.Domain, message.RequestId, message.Resources!.Count).ShouldBe(("https", "ntk.example:8443", "some-id", 2));
        message.IssuedAt.UtcDateTime.ShouldBe(new DateTime(2026, 1, 2, 1, 4, 5, 123).AddTicks(4560));
        (message.ExpirationTime!.Value.Hour, message.NotBefore!.Value.Hour).ShouldBe((4, 3));
    }

    [Theory]
    [InlineData("Version: 1", "Version: 2", "Version")]
    [InlineData("Nonce: abcdefgh1", "Nonce: short", "Nonce")]
    [InlineData("Chain ID: 31337", "Chain ID: -1", "Chain ID")]
    [InlineData("\nURI: ", "\nUri: ", "URI")]
    [InlineData("https://ntk.example/login", "https://ntk.example/lo gin", "URI")]
    [InlineData("Issued At: 2026", "Issued At: 26", "Issued At")]
    [InlineData("-01-02T03", "-13-02T03", "no time")]
    [InlineData("account:\n", "account:\r\n", "Line 1")]
    [InlineData("ntk.example wants", "ntk.example  wants", "Line 1")]
    public void Parse_OfAMessageThatIsNotByTheGrammar_NamesTheLine(string right, string wrong, string why) =>
        Should.Throw<FormatException>(() => SiweMessage.Parse(Message.ToString().Replace(right, wrong))).Message.ShouldContain(why);

    [Fact]
    public void Parse_OfAnAddressWithoutChecksum_IsRefused() =>
        Should.Throw<FormatException>(() =>
            SiweMessage.Parse(Message.ToString().Replace(Message.Address.ToString(), Message.Address.ToLowerString()))).Message.ShouldContain("checksum");

    [Fact]
    public async Task Verify_OfTheSameMessageTwice_IsRefused()
    {
        var nonces = new HashSet<string> { Message.Nonce };
        (await VerifyAsync(Message, nonces.Remove)).Address.ShouldBe(Message.Address);
        (await CodeAsync(Message, nonces.Remove)).ShouldBe("siwe.used_nonce");
    }

    [Fact]
    public async Task Verify_OfAMessageThatIsNotForUs_SaysWhy()
    {
        (await CodeAsync(Message with { Domain = "evil.example" })).ShouldBe("siwe.other_domain");
        (await CodeAsync(Message with { Scheme = "http" })).ShouldBe("siwe.other_domain");
        (await CodeAsync(Message with { ChainId = 1 })).ShouldBe("siwe.other_chain");
        (await CodeAsync(Message with { ExpirationTime = Now })).ShouldBe("siwe.expired");
        (await CodeAsync(Message with { NotBefore = Now.AddSeconds(1) })).ShouldBe("siwe.too_early");
        (await CodeAsync(Message with { IssuedAt = Now.AddHours(1) })).ShouldBe("siwe.too_early");
        (await CodeAsync(Message with { Address = Address.Zero })).ShouldBe("siwe.bad_signature");
        (await VerifyAsync(Message with { NotBefore = Now, ExpirationTime = Now.AddSeconds(1), Scheme = "https" }, _ => true)).ChainId.ShouldBe(31337);
    }

    [Fact]
    public async Task Verify_OfABadSignature_KeepsTheNonce()
    {
        var used = false;
        foreach (var signature in (string[])["0x", "0x1234", Vector.HighS, "no hex", Secp256k1.Sign(PersonalMessage.Digest("another"u8), Key).ToString()])
        {
            var wrong = await Should.ThrowAsync<NeuroException>(() => Check.VerifyAsync(Message.ToString(), signature, (_, _) => Task.FromResult(used = true)));
            wrong.Code.ShouldBe("siwe.bad_signature");
        }

        used.ShouldBeFalse();
    }

    private static async Task<string> CodeAsync(SiweMessage message, Func<string, bool>? use = null) =>
        (await Should.ThrowAsync<NeuroException>(() => VerifyAsync(message, use ?? (_ => true)))).Code;

    private static Task<SiweMessage> VerifyAsync(SiweMessage message, Func<string, bool> use)
    {
        var signature = Secp256k1.Sign(PersonalMessage.Digest(Encoding.UTF8.GetBytes(message.ToString())), Key);
        return Check.VerifyAsync(message.ToString(), signature.ToString(), (nonce, _) => Task.FromResult(use(nonce)));
    }

    private static Gen<SiweMessage> Messages()
    {
        var statement = Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['#', '$'], Gen.Char['\'', ';'], Gen.Const(' ')), 1, 30];
        var time = Gen.Long[0, 4_000_000_000_000].Select(DateTimeOffset.FromUnixTimeMilliseconds);
        var uri = Gen.String[Gen.Char['a', 'z'], 0, 20].Select(path => "https://ntk.example/" + path);
        var optional = Gen.Select(Gen.Bool.Array[5], statement, time, uri.List[0, 5], uri, (has, text, when, resources, one) => Message with
        {
            Statement = has[0] ? text : null, ExpirationTime = has[1] ? when : null, NotBefore = has[2] ? when : null,
            RequestId = has[3] ? new string([.. text.Where(char.IsAsciiLetter)]) : null,
            Resources = has[4] ? resources : null, Uri = one,
        });
        return Gen.Select(optional, Generate.Address, Gen.Long[0, 999_999_999], time, Gen.Bool, (message, address, chain, when, hasScheme) => message with
        {
            Address = address, ChainId = chain, IssuedAt = when, Scheme = hasScheme ? "https" : null, Domain = hasScheme ? "[::1]:80" : "ntk.example",
        });
    }
}
