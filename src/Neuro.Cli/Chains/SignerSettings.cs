using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Cli.Chains;

/// <summary>Whose key signs, by the environment: a keystore file with its password, or another program that holds the key.</summary>
/// <remarks>
/// <c>NAME</c> is the path of a keystore (version 3), or <c>web3signer:URL#0xADDRESS</c>, or <c>clef:URL#0xADDRESS</c>; <c>NAME_PASSWORD_FILE</c> or <c>NAME_PASSWORD</c> opens the keystore.
/// </remarks>
internal sealed class SignerSettings(string name, Func<string, string?> variable)
{
    /// <summary>Lets keystores sign for chains on which money is at stake.</summary>
    public const string AnyChain = "NEURO_ANY_CHAIN";

    private static readonly TimeSpan PersonsPatience = TimeSpan.FromMinutes(5);

    /// <summary>Null where nothing is set.</summary>
    /// <exception cref="NeuroException"><c>wallet.bad_setting</c>, <c>wallet.no_password</c>, <c>keystore.malformed</c>, <c>keystore.wrong_password</c>; none of them shows a key or a password.</exception>
    public ISigner? Open(HttpClient http) => variable(name) switch
    {
        null or "" => null,
        var text when text.StartsWith("web3signer:", StringComparison.Ordinal) => Remote(http, text["web3signer:".Length..], SignerDialect.Web3Signer),
        var text when text.StartsWith("clef:", StringComparison.Ordinal) => Remote(http, text["clef:".Length..], SignerDialect.Clef),
        var path => Keystore(path),
    };

    /// <summary>Opens a keystore file.</summary>
    public static ISigner Keystore(string path, string password, bool isForAnyChain)
    {
        try
        {
            return new LocalSigner(Neuro.Chain.Signing.Keystore.Read(File.ReadAllText(path), password), isForAnyChain);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new NeuroException("wallet.bad_setting", $"The keystore {path} cannot be read: {unreadable.Message.TrimEnd('.')}.", unreadable);
        }
    }

    private ISigner Keystore(string path)
    {
        var password = variable(name + "_PASSWORD_FILE") is { Length: > 0 } file ? ReadPassword(file) : variable(name + "_PASSWORD")
            ?? throw new NeuroException("wallet.no_password", $"{name} names the keystore {path}; set {name}_PASSWORD_FILE to a file with its password.");
        return Keystore(path, password, variable(AnyChain) == "1");
    }

    private string ReadPassword(string file) => File.Exists(file)
        ? File.ReadAllText(file).TrimEnd('\r', '\n')
        : throw new NeuroException("wallet.no_password", $"{name}_PASSWORD_FILE names {file}, which is not there.");

    private ISigner Remote(HttpClient http, string where, SignerDialect dialect)
    {
        try
        {
            var at = where.LastIndexOf('#');
            return at > 0 && Uri.TryCreate(where[..at], UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? new RpcSigner(http, url!, Address.Parse(where[(at + 1)..]), dialect, dialect == SignerDialect.Clef ? PersonsPatience : null)
                : throw new FormatException("it has no address behind #");
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("wallet.bad_setting", $"{name} is not an external signer ({wrong.Message.TrimEnd('.')}); expected something like web3signer:http://127.0.0.1:9000#0x… or clef:http://127.0.0.1:8550#0x….", wrong);
        }
    }
}
