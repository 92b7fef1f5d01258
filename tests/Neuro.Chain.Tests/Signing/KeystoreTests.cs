using CsCheck;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Tests.Signing;

public sealed class KeystoreTests
{
    // A test vector of the Web3 Secret Storage definition. Its other one, for scrypt, has r = 1 and n = 2^18, which RFC 7914 does not allow.
    private const string Password = "testpassword";
    private static readonly Hash32 Key = Hash32.Parse("0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d");

    private const string Pbkdf2 = """
        {"crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"}, "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46", "kdf": "pbkdf2",
        "kdfparams": {"c": 262144, "dklen": 32, "prf": "hmac-sha256", "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"}, "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6", "version": 3}
        """;

    private const string Scrypt = """
        {"crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"}, "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c", "kdf": "scrypt",
        "kdfparams": {"dklen": 32, "n": 262144, "p": 8, "r": 1, "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"}, "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6", "version": 3}
        """;

    [Fact]
    public void Read_OfTheDefinitionsVector_IsItsKey() => Keystore.Read(Pbkdf2, Password).ShouldBe(Key);

    [Fact]
    public void Read_OfAnScryptFileOutsideOfRfc7914_SaysItsParameters() =>
        Should.Throw<NeuroException>(() => Keystore.Read(Scrypt, Password)).Message.ShouldContain("n = 262144, r = 1");

    [Theory]
    [InlineData(Keystore.Strength.Light)]
    [InlineData(Keystore.Strength.Pbkdf2)]
    public void Read_OfWrite_IsTheKeyForTheRightPasswordAlone(Keystore.Strength strength)
    {
        var json = Keystore.Write(Key, "päss", strength);
        json.ShouldNotContain(Key.ToString()[2..], Case.Insensitive);
        Keystore.Read(json, "päss").ShouldBe(Key);
        var wrong = Should.Throw<NeuroException>(() => Keystore.Read(json, "pass"));
        wrong.Code.ShouldBe("keystore.wrong_password");
        wrong.ToString().ShouldNotContain("pass\"");
    }

    [Fact]
    public void Write_Twice_IsNeverTheSame() => Keystore.Write(Key, "a", Keystore.Strength.Light).ShouldNotBe(Keystore.Write(Key, "a", Keystore.Strength.Light));

    [Theory]
    [InlineData("\"version\": 3", "\"version\": 1")]
    [InlineData("\"r\": 1", "\"r\": 8000")]
    [InlineData("262144, \"p\": 8, \"r\": 1", "262143, \"p\": 8, \"r\": 2")]
    [InlineData("\"p\": 8", "\"p\": 100000")]
    [InlineData("\"r\": 1", "\"r\": 2000000000")]
    [InlineData("\"dklen\": 32", "\"dklen\": 2000000000")]
    [InlineData("aes-128-ctr", "aes-128-cbc")]
    [InlineData("\"scrypt\"", "\"argon2\"")]
    [InlineData("83dbcc02", "83dbcc")]
    [InlineData("\"mac\"", "\"mad\"")]
    [InlineData("ab0c78", "zz0c78")]
    public void Read_OfAFileThatAsksForTooMuchOrIsNone_IsRefusedAtOnce(string right, string wrong) =>
        Should.Throw<NeuroException>(() => Keystore.Read(Scrypt.Replace(right, wrong), Password)).Code.ShouldBe("keystore.malformed");

    [Fact]
    public void Read_OfAnyText_ThrowsNothingButNeuroException() =>
        Gen.String.Sample(text => Should.Throw<NeuroException>(() => Keystore.Read(text, "")).Code.ShouldBe("keystore.malformed"));
}
