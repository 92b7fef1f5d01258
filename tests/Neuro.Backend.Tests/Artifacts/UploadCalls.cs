using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Backend.Tests.Artifacts;

/// <summary>An upload in parts, call by call.</summary>
internal static class UploadCalls
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Address(byte[] bytes) => $"v1/artifacts/{Hash(bytes)}";

    public static Task<HttpResponseMessage> BeginAsync(this HttpClient http, byte[] bytes, string? length = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address(bytes) + "/upload");
        request.Headers.TryAddWithoutValidation(UploadHeaders.Length, length ?? bytes.Length.ToString(CultureInfo.InvariantCulture));
        return http.SendAsync(request, Cancel);
    }

    /// <summary>Sends a part of bytes, or whatever content is given instead.</summary>
    public static Task<HttpResponseMessage> AppendAsync(
        this HttpClient http, byte[] bytes, int from, int to, bool? complete = null, string? offset = null, byte[]? digest = null, HttpContent? instead = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, Address(bytes) + "/upload") { Content = instead ?? new ByteArrayContent(bytes[from..to]) };
        request.Headers.TryAddWithoutValidation(UploadHeaders.Offset, offset ?? from.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(UploadHeaders.Complete, complete ?? to == bytes.Length ? "?1" : "?0");
        request.Headers.Add(UploadHeaders.Digest, $"sha-256=:{Convert.ToBase64String(digest ?? SHA256.HashData(bytes[from..to]))}:");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/partial-upload");
        return http.SendAsync(request, Cancel);
    }

    public static async Task<UploadState> StateAsync(this HttpClient http, byte[] bytes) =>
        (await http.GetFromJsonAsync<UploadState>(Address(bytes) + "/upload", NeuroJson.Options, Cancel))!;

    public static async Task<UploadState> OkAsync(this Task<HttpResponseMessage> call)
    {
        using var reply = await call;
        reply.IsSuccessStatusCode.ShouldBeTrue(await reply.Content.ReadAsStringAsync(Cancel));
        return (await reply.Content.ReadFromJsonAsync<UploadState>(NeuroJson.Options, Cancel))!;
    }

    /// <summary>The status and the code of a refusal.</summary>
    public static async Task<(int Status, string Code)> RefusedAsync(this Task<HttpResponseMessage> call)
    {
        using var reply = await call;
        return ((int)reply.StatusCode, reply.IsSuccessStatusCode ? "" : await Portal.AccessTests.CodeAsync(reply));
    }

    /// <summary>Every file of the platform's store.</summary>
    public static string[] StoredFiles(this TestPlatform platform) => Directory.GetFiles(Path.Combine(platform.Options.DataFolder, "artifacts"), "*", SearchOption.AllDirectories);
}

/// <summary>What was reported, in order.</summary>
internal sealed class Reports(Action<long>? heard = null) : IProgress<long>
{
    public List<long> All { get; } = [];

    public void Report(long value)
    {
        All.Add(value);
        heard?.Invoke(value);
    }
}
