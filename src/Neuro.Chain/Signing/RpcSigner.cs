using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Signing;

/// <summary>Whose methods an external signer speaks.</summary>
public enum SignerDialect
{
    /// <summary><c>eth_signTransaction</c>, <c>eth_sign</c>, <c>eth_signTypedData_v4</c> (or without <c>_v4</c>).</summary>
    Web3Signer,

    /// <summary><c>account_signTransaction</c>, <c>account_signData</c>, <c>account_signTypedData</c>.</summary>
    Clef,
}

/// <summary>A key in another program, asked by JSON-RPC: Web3Signer or Clef.</summary>
/// <remarks>
/// What comes back is checked to be what was asked for, by the address that was asked, so a signer that was tampered with can refuse but not replace.
/// Nothing is asked twice: a person may have to say yes each time.
/// </remarks>
public sealed class RpcSigner : ISigner
{
    private const int MethodNotFound = -32601;
    private readonly JsonRpcEndpoint endpoint;
    private readonly SignerDialect dialect;

    /// <param name="patience">How long an answer may take: with Clef a person is asked. Ten seconds unless given.</param>
    public RpcSigner(HttpClient http, Uri url, Address address, SignerDialect dialect, TimeSpan? patience = null)
    {
        var options = new JsonRpcOptions { Endpoints = [url], LongestAnswer = 1 << 20 };
        endpoint = new(http, url, options with { Timeout = patience ?? options.Timeout }, "signer");
        Address = address;
        this.dialect = dialect;
    }

    public Address Address { get; }

    public async Task<SignedTransaction> SignAsync(Eip1559Transaction transaction, CancellationToken cancel = default)
    {
        var method = dialect == SignerDialect.Clef ? "account_signTransaction" : "eth_signTransaction";
        var result = await AskAsync(new(method, Of(transaction)), cancel);
        var signed = Read(method, () => SignedTransaction.Parse(Hex.Bytes(Raw(result).GetString() ?? "")));
        return signed.Transaction.Digest != transaction.Digest ? throw endpoint.Bad(method, "another transaction than the one asked for")
            : signed.From != Address ? throw endpoint.Bad(method, $"signed by {signed.From}, not {Address}")
            : signed;
    }

    public Task<Signature> SignMessageAsync(ReadOnlyMemory<byte> message, CancellationToken cancel = default)
    {
        var text = Hex.Of(message.Span);
        return SignAsync(
            dialect == SignerDialect.Clef ? new("account_signData", "text/plain", Address.ToString(), text) : new("eth_sign", Address.ToString(), text),
            PersonalMessage.Digest(message.Span), cancel);
    }

    public async Task<Signature> SignTypedDataAsync(TypedData data, CancellationToken cancel = default)
    {
        if (dialect == SignerDialect.Clef)
        {
            return await SignAsync(new("account_signTypedData", Address.ToString(), JsonNode.Parse(data.ToJson())), data.Digest, cancel);
        }

        try
        {
            return await SignAsync(new("eth_signTypedData_v4", Address.ToString(), data.ToJson()), data.Digest, cancel);
        }
        catch (NeuroException unknown) when (unknown.Code == "signer.no_method")
        {
            return await SignAsync(new("eth_signTypedData", Address.ToString(), data.ToJson()), data.Digest, cancel);
        }
    }

    public override string ToString() => $"{dialect} at {endpoint.Name} for {Address}";

    // Clef wraps the bytes: {"raw": "0x…", "tx": {…}}.
    private static JsonElement Raw(JsonElement result) => result.ValueKind == JsonValueKind.Object ? result.GetProperty("raw") : result;

    private async Task<Signature> SignAsync(RpcRequest request, Hash32 digest, CancellationToken cancel)
    {
        var result = await AskAsync(request, cancel);
        return Read(request.Method, () =>
        {
            var signature = Signature.Parse(result.GetString() ?? "");
            var signer = Secp256k1.Recover(digest, signature);
            return signer == Address ? signature : throw new FormatException($"signed by {signer}, or something else was signed; expected {Address}");
        });
    }

    private async Task<JsonElement> AskAsync(RpcRequest request, CancellationToken cancel)
    {
        var answer = (await endpoint.AskAsync([request], cancel))[0];
        return answer.Error is { } error
            ? throw new NeuroException(
                error.Code == MethodNotFound ? "signer.no_method" : "signer.refused",
                $"{endpoint.Name} refused {request.Method}: {error.Message} ({error.Code}). Look at the signer's rules and log.")
            : answer.Result;
    }

    private T Read<T>(string method, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or InvalidOperationException or KeyNotFoundException)
        {
            throw endpoint.Bad(method, wrong.Message.TrimEnd('.'), wrong);
        }
    }

    private JsonObject Of(Eip1559Transaction transaction)
    {
        var json = new JsonObject
        {
            ["from"] = Address.ToString(),
            ["chainId"] = Hex.Of(new BigInteger(transaction.ChainId)),
            ["nonce"] = Hex.Of(new BigInteger(transaction.Nonce)),
            ["gas"] = Hex.Of(new BigInteger(transaction.Gas)),
            ["maxPriorityFeePerGas"] = Hex.Of(transaction.PriorityFee),
            ["maxFeePerGas"] = Hex.Of(transaction.MaxFee),
            ["value"] = Hex.Of(transaction.Value),
            ["data"] = Hex.Of(transaction.Data.Span),
        };
        if (transaction.To is { } to)
        {
            json["to"] = to.ToString();
        }

        if (transaction.AccessList.Count > 0)
        {
            json["accessList"] = new JsonArray([.. transaction.AccessList.Select(access => new JsonObject
            {
                ["address"] = access.Account.ToString(),
                ["storageKeys"] = new JsonArray([.. access.Slots.Select(slot => (JsonNode)slot.ToString())]),
            })]);
        }

        return json;
    }
}
