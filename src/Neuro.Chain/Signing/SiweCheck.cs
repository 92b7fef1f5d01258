using System.Text;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Signing;

/// <summary>What a sign-in must say to be one with this service.</summary>
/// <param name="Domain">Host, and port if it is not the usual one, as the browser shows it.</param>
/// <param name="Scheme">How the service is reached.</param>
public sealed record SiweCheck(string Domain, long ChainId, string Scheme = "https")
{
    // Clocks of phones are off by minutes.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads the message and says who signed in. Last of all the nonce is used up.</summary>
    /// <param name="useNonce">True if the nonce was given out here and is used for the first time; false refuses.</param>
    /// <exception cref="NeuroException">
    /// <c>siwe.malformed</c>, <c>siwe.other_domain</c>, <c>siwe.other_chain</c>, <c>siwe.expired</c>, <c>siwe.too_early</c>, <c>siwe.bad_signature</c>,
    /// <c>siwe.used_nonce</c>
    /// </exception>
    public async Task<SiweMessage> VerifyAsync(string text, string signature, Func<string, CancellationToken, Task<bool>> useNonce, CancellationToken cancel = default)
    {
        var message = Read("siwe.malformed", "The message cannot be read", () => SiweMessage.Parse(text));
        Check(message);
        var signer = Read("siwe.bad_signature", "The signature cannot be read", () => PersonalMessage.Recover(Encoding.UTF8.GetBytes(text), Signature.Parse(signature)));
        if (signer != message.Address)
        {
            throw new NeuroException(
                "siwe.bad_signature", $"The message is of {message.Address} and signed by {signer}, or was changed. Sign it again with that account.");
        }

        return await useNonce(message.Nonce, cancel)
            ? message
            : throw new NeuroException("siwe.used_nonce", $"The nonce {message.Nonce} was not given out here, or is used up. Begin to sign in again.");
    }

    private void Check(SiweMessage message)
    {
        var now = Time.GetUtcNow();
        var (code, what) = message switch
        {
            _ when !message.Domain.Equals(Domain, StringComparison.OrdinalIgnoreCase) || !(message.Scheme ?? Scheme).Equals(Scheme, StringComparison.OrdinalIgnoreCase) =>
                ("siwe.other_domain",
                    $"The message is for {message.Domain} ({message.Scheme ?? Scheme}); this is {Domain} ({Scheme}). Do not sign what another site shows you"),
            _ when message.ChainId != ChainId =>
                ("siwe.other_chain", $"The message is for chain {message.ChainId}; this is chain {ChainId}. Switch the wallet's network"),
            { ExpirationTime: { } end } when end <= now => ("siwe.expired", $"The message expired at {end:u}. Begin to sign in again"),
            { NotBefore: { } begin } when begin > now => ("siwe.too_early", $"The message is not valid before {begin:u}. Wait until then"),
            _ when message.IssuedAt > now + Skew =>
                ("siwe.too_early", $"The message was issued at {message.IssuedAt:u}, which is still to come. Set the wallet's clock right"),
            _ => ("", ""),
        };
        if (code.Length > 0)
        {
            throw new NeuroException(code, what + ".");
        }
    }

    private static T Read<T>(string code, string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException wrong)
        {
            throw new NeuroException(code, $"{what}: {wrong.Message}", wrong);
        }
    }
}
