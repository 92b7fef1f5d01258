using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Neuro.Client.Data;

namespace Neuro.Client.Api;

/// <summary>Artifacts over HTTP with a local cache: bytes travel once, are checked against their name, and a broken transfer goes on where it stopped.</summary>
/// <param name="http">Authorised, with the platform as its base address and no time limit of its own.</param>
/// <param name="cacheFolder">Where downloads are kept, a file per SHA-256.</param>
public sealed class ArtifactStore(HttpClient http, string cacheFolder)
{
    /// <summary>Uploads bytes unless the platform has them.</summary>
    public Task<ArtifactRef> UploadAsync(byte[] bytes, string name, string mediaType = "application/octet-stream", CancellationToken cancel = default) =>
        UploadAsync(new ArtifactRef(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, name, mediaType), () => new MemoryStream(bytes, writable: false), cancel);

    /// <summary>Uploads a file unless the platform has it.</summary>
    public async Task<ArtifactRef> UploadFileAsync(string path, string mediaType = "application/octet-stream", CancellationToken cancel = default)
    {
        string hash;
        await using (var file = File.OpenRead(path))
        {
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        }

        return await UploadAsync(new ArtifactRef(hash, new FileInfo(path).Length, Path.GetFileName(path), mediaType), () => File.OpenRead(path), cancel);
    }

    /// <summary>Whether an artifact is in the local cache.</summary>
    public bool Has(ArtifactRef artifact) => File.Exists(Path.Combine(cacheFolder, CheckedName(artifact.Sha256)));

    /// <summary>The local path of an artifact, downloaded and checked if it is not there yet.</summary>
    public async Task<string> DownloadAsync(ArtifactRef artifact, CancellationToken cancel = default)
    {
        var path = Path.Combine(cacheFolder, CheckedName(artifact.Sha256));
        if (File.Exists(path))
        {
            return path;
        }

        Directory.CreateDirectory(cacheFolder);
        var partial = path + ".part";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await FetchAsync(artifact, partial, cancel);
                break;
            }
            catch (Exception broken) when (attempt < 3 && broken is HttpRequestException or IOException && !cancel.IsCancellationRequested)
            {
                // What arrived is kept; the next attempt asks for the rest.
            }
        }

        string hash;
        await using (var file = File.OpenRead(partial))
        {
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        }

        if (hash != artifact.Sha256)
        {
            File.Delete(partial);
            throw new NeuroException("artifact.hash_mismatch", $"Artifact {artifact.Name} should be {artifact.Sha256[..12]}… but {hash[..12]}… arrived. Nothing was kept; ask again.");
        }

        File.Move(partial, path, overwrite: true);
        return path;
    }

    private async Task<ArtifactRef> UploadAsync(ArtifactRef artifact, Func<Stream> open, CancellationToken cancel)
    {
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Url(artifact.Sha256)), cancel);
        if (head.StatusCode == HttpStatusCode.OK)
        {
            return artifact;
        }

        using var content = new StreamContent(open());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(artifact.MediaType);
        using var reply = await http.PutAsync(Url(artifact.Sha256), content, cancel);
        await Problems.ThrowIfFailedAsync(reply, cancel);
        return artifact;
    }

    private async Task FetchAsync(ArtifactRef artifact, string partial, CancellationToken cancel)
    {
        await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        var request = new HttpRequestMessage(HttpMethod.Get, Url(artifact.Sha256));
        if (file.Length > 0 && file.Length < artifact.Bytes)
        {
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        }

        using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        await Problems.ThrowIfFailedAsync(reply, cancel);
        file.Position = reply.StatusCode == HttpStatusCode.PartialContent ? file.Length : 0;
        await reply.Content.CopyToAsync(file, cancel);
        file.SetLength(file.Position);
    }

    private static string Url(string sha256) => $"v1/artifacts/{CheckedName(sha256)}";

    // The hash becomes a file name and a URL: nothing but 64 hexadecimal digits may.
    private static string CheckedName(string sha256) => sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower)
        ? sha256
        : throw new NeuroException("artifact.bad_name", $"'{(sha256.Length <= 80 ? sha256 : sha256[..80] + "…")}' is not the SHA-256 of an artifact; expected 64 lower-case hexadecimal digits.");
}
