using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Neuro.Backend.Accounts;
using Neuro.Backend.Storage;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;
using Neuro.Client.Chain;

namespace Neuro.Backend.Chain.Wallets;

/// <summary>Messages for wallets to sign (EIP-4361), each for one purpose and once.</summary>
/// <remarks>
/// Anyone may ask for one, so its nonce is signed by the platform and not remembered; those that were used are, until they would be over anyway.
/// The host in the message is the configured one and never that of the request: a stranger's site must not get a message that names the stranger's host.
/// Contract wallets (EIP-1271) are refused: a signature has 65 bytes, of a key.
/// </remarks>
internal sealed class Challenges(Database database, ChainLink link, PlatformKeys keys, PlatformOptions options, IServiceProvider services, TimeProvider time)
{
    private const int RandomLength = 16;
    private const int MacLength = 16;
    private static readonly TimeSpan Term = TimeSpan.FromMinutes(10);

    /// <param name="purpose">What the signature will do, with the account that it is for.</param>
    /// <param name="statement">The same in a sentence, for the person who signs.</param>
    public async Task<WalletChallenge> MakeAsync(string address, string purpose, string statement, CancellationToken cancel)
    {
        var (now, wallet, url) = (time.GetUtcNow(), Parse(address), Url());
        var message = new SiweMessage
        {
            Scheme = url.Scheme, Domain = url.Authority, Address = wallet, Statement = statement, Uri = url.GetLeftPart(UriPartial.Authority),
            ChainId = await ChainIdAsync(cancel), Nonce = Nonce(purpose, wallet, now + Term), IssuedAt = now, ExpirationTime = now + Term,
        };
        return new(message.ToString(), message.ExpirationTime.Value);
    }

    /// <summary>Who signed; the message is used up.</summary>
    /// <exception cref="NeuroException">Those of <see cref="SiweCheck"/>, all 401.</exception>
    public async Task<SiweMessage> VerifyAsync(WalletProof proof, string purpose, CancellationToken cancel)
    {
        var url = Url();
        var check = new SiweCheck(url.Authority, await ChainIdAsync(cancel), url.Scheme) { Time = time };
        try
        {
            var text = Input.NotNull(proof.Message, "message");
            var signature = Input.NotNull(proof.Signature, "signature");
            return await check.VerifyAsync(text, signature, (nonce, stop) => UseAsync(nonce, purpose, SiweMessage.Parse(text).Address, stop), cancel);
        }
        catch (NeuroException refused) when (refused.Code.StartsWith("siwe.", StringComparison.Ordinal))
        {
            throw new NeuroException(refused.Code, refused.Message, refused) { Status = 401 };
        }
    }

    private Uri Url()
    {
        var listening = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? options.Url;
        return link.Options.PublicUrl ?? new Uri(options.AdvertisedUrl ?? listening);
    }

    private async Task<long> ChainIdAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.Chain.Select(row => row.ChainId).SingleAsync(cancel);
    }

    // Letters and digits alone, as EIP-4361 wants it: random bytes, when it is over, and the platform's MAC over them, the purpose and the wallet.
    private string Nonce(string purpose, Address wallet, DateTimeOffset until)
    {
        Span<byte> head = stackalloc byte[RandomLength + sizeof(long)];
        RandomNumberGenerator.Fill(head[..RandomLength]);
        BinaryPrimitives.WriteInt64BigEndian(head[RandomLength..], until.ToUnixTimeMilliseconds());
        return Convert.ToHexStringLower([.. head, .. Mac(head, purpose, wallet)]);
    }

    private byte[] Mac(ReadOnlySpan<byte> head, string purpose, Address wallet) =>
        keys.Mac([.. "neuro wallet\n"u8, .. head, .. Encoding.UTF8.GetBytes($"\n{purpose}\n{wallet.ToLowerString()}")])[..MacLength];

    private async Task<bool> UseAsync(string nonce, string purpose, Address wallet, CancellationToken cancel)
    {
        var bytes = nonce.Length == 2 * (RandomLength + sizeof(long) + MacLength) && nonce.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(nonce) : [];
        if (bytes.Length == 0 || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan()[^MacLength..], Mac(bytes.AsSpan()[..^MacLength], purpose, wallet)))
        {
            return false;
        }

        var until = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan()[RandomLength..]);
        if (until <= time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return false;
        }

        await using var db = database.CreateDbContext();
        return await db.Database.ExecuteSqlAsync($"INSERT INTO used_challenges (nonce, until) VALUES ({nonce}, {until}) ON CONFLICT (nonce) DO NOTHING", cancel) == 1;
    }

    private static Address Parse(string? text)
    {
        try
        {
            return Address.Parse(Input.NotNull(text, "address"));
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("wallet.bad_address", wrong.Message, wrong);
        }
    }
}
