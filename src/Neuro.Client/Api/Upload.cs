using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Neuro.Client.Data;

namespace Neuro.Client.Api;

/// <summary>One upload in parts: asks how far it is, sends the next part with its hash, and after anything that broke asks again.</summary>
internal sealed class Upload(HttpClient http, TimeProvider time, ArtifactRef artifact, Stream bytes, IProgress<long>? progress)
{
    /// <summary>A part is sent again when its connection breaks; small ones cost little then.</summary>
    public const int PartBytes = 8 << 20;

    /// <summary>Up to this size one piece goes straight to the platform's store, where it has one that takes it.</summary>
    private const long MostAtOnce = 64 << 20;

    private readonly string address = ArtifactStore.Url(artifact.Sha256) + "/upload";
    private readonly Patience patience = new(time);
    private bool throughPlatform;

    public async Task RunAsync(CancellationToken cancel)
    {
        UploadState? state = null;
        var furthest = 0L;
        while (state is not { Complete: true })
        {
            try
            {
                // What arrived is kept there: begun again, an upload goes on.
                var next = state is null ? await BeginAsync(cancel) : await GoOnAsync(state, cancel);
                if (next.Offset > furthest)
                {
                    furthest = next.Offset;
                    patience.Renew();
                }

                state = next;
                progress?.Report(state.Offset);
            }
            catch (Exception broken) when (patience.Allows(broken, cancel))
            {
                state = null;
                await patience.PauseAsync(broken, cancel);
            }
        }
    }

    private async Task<UploadState> GoOnAsync(UploadState state, CancellationToken cancel)
    {
        if (state is not { Offset: 0, Address: { } elsewhere } || throughPlatform || artifact.Bytes is 0 or > MostAtOnce)
        {
            return await SendAsync(state, cancel);
        }

        try
        {
            return await PutAsync(elsewhere, cancel);
        }
        catch (Exception failure) when (failure is HttpRequestException or NeuroException && !cancel.IsCancellationRequested)
        {
            throughPlatform = true; // The store may be out of reach from here; if it is the bytes that are wrong, the platform says so again.
            return await SendAsync(state, cancel);
        }
    }

    private Task<UploadState> BeginAsync(CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent([]) };
        request.Headers.Add(UploadHeaders.Length, artifact.Bytes.ToString(CultureInfo.InvariantCulture));
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(artifact.MediaType);
        return AskAsync(request, cancel);
    }

    private async Task<UploadState> SendAsync(UploadState state, CancellationToken cancel)
    {
        var part = new byte[Math.Min(Math.Min(PartBytes, state.LargestPart), artifact.Bytes - state.Offset)];
        bytes.Position = state.Offset;
        await bytes.ReadExactlyAsync(part, cancel);
        return await AppendAsync(state.Offset, part, state.Offset + part.Length == artifact.Bytes, cancel);
    }

    private async Task<UploadState> PutAsync(Uri elsewhere, CancellationToken cancel)
    {
        bytes.Position = 0;
        var whole = new byte[artifact.Bytes];
        await bytes.ReadExactlyAsync(whole, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Put, elsewhere) { Content = new ByteArrayContent(whole) };
        using var stranger = new HttpClient(); // The platform's key is none of the store's business.
        using var reply = await stranger.SendAsync(request, cancel);
        await Problems.ThrowIfFailedAsync(reply, cancel);
        return await AppendAsync(artifact.Bytes, [], complete: true, cancel);
    }

    private Task<UploadState> AppendAsync(long offset, byte[] part, bool complete, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, address) { Content = new ByteArrayContent(part) };
        request.Headers.Add(UploadHeaders.Offset, offset.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(UploadHeaders.Complete, complete ? "?1" : "?0");
        request.Headers.Add(UploadHeaders.Digest, $"sha-256=:{Convert.ToBase64String(SHA256.HashData(part))}:");
        request.Content.Headers.ContentType = new("application/partial-upload");
        return AskAsync(request, cancel);
    }

    private async Task<UploadState> AskAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            using var reply = await http.SendAsync(request, cancel);
            await Problems.ThrowIfFailedAsync(reply, cancel);
            return (await reply.Content.ReadFromJsonAsync<UploadState>(NeuroJson.Options, cancel))!;
        }
    }
}
