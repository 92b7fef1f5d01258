using System.Net.Http.Headers;
using System.Security.Cryptography;
using Neuro.Client.Data;

namespace Neuro.Client.Api;

/// <summary>
/// Artifacts over HTTP with a local cache: bytes travel once, are checked against their name, and a broken transfer goes on where it stopped, in this process or
/// the next.
/// </summary>
/// <param name="http">Authorised, with the platform as its base address and no time limit of its own.</param>
/// <param name="cacheFolder">Where downloads are kept, a file per SHA-256.</param>
/// <param name="clock">Measures the pauses after something broke; the machine's if left out.</param>
public sealed class ArtifactStore(HttpClient http, string cacheFolder, TimeProvider? clock = null)
{
    private const int BufferBytes = 128 << 10;
    private readonly TimeProvider time = clock ?? TimeProvider.System;

    /// <summary>Uploads bytes unless the platform has them from you.</summary>
    /// <param name="progress">Told how many bytes are safely there.</param>
    public Task<ArtifactRef> UploadAsync(byte[] bytes, string name, string mediaType = "application/octet-stream", CancellationToken cancel = default, IProgress<long>? progress = null) =>
        UploadAsync(new ArtifactRef(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, name, mediaType), new MemoryStream(bytes, writable: false), progress, cancel);

    /// <summary>Uploads a file unless the platform has it from you.</summary>
    /// <param name="progress">Told how many bytes are safely there.</param>
    public async Task<ArtifactRef> UploadFileAsync(string path, string mediaType = "application/octet-stream", CancellationToken cancel = default, IProgress<long>? progress = null)
    {
        await using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        return await UploadAsync(new ArtifactRef(hash, file.Length, Path.GetFileName(path), mediaType), file, progress, cancel);
    }

    /// <summary>Whether an artifact is in the local cache.</summary>
    public bool Has(ArtifactRef artifact) => File.Exists(Path.Combine(cacheFolder, CheckedName(artifact.Sha256)));

    /// <summary>The local path of an artifact, downloaded and checked if it is not there yet.</summary>
    /// <param name="progress">Told how many bytes are here.</param>
    public async Task<string> DownloadAsync(ArtifactRef artifact, CancellationToken cancel = default, IProgress<long>? progress = null)
    {
        var path = Path.Combine(cacheFolder, CheckedName(artifact.Sha256));
        if (File.Exists(path))
        {
            return path;
        }

        Directory.CreateDirectory(cacheFolder);
        var partial = path + ".part";
        var resumed = File.Exists(partial);
        while (true)
        {
            await FetchAllAsync(artifact, partial, progress, cancel);
            var hash = await HashAsync(partial, cancel);
            if (hash == artifact.Sha256)
            {
                File.Move(partial, path, overwrite: true);
                return path;
            }

            File.Delete(partial);
            if (!resumed)
            {
                throw new NeuroException("artifact.hash_mismatch",
                    $"Artifact {artifact.Name} should be {artifact.Sha256[..12]}… but {hash[..12]}… arrived. Nothing was kept; ask again.");
            }

            resumed = false; // What an earlier run left was broken, so all of it is fetched anew.
        }
    }

    private async Task<ArtifactRef> UploadAsync(ArtifactRef artifact, Stream bytes, IProgress<long>? progress, CancellationToken cancel)
    {
        await using (bytes)
        {
            await new Upload(http, time, artifact, bytes, progress).RunAsync(cancel);
            return artifact;
        }
    }

    private async Task FetchAllAsync(ArtifactRef artifact, string partial, IProgress<long>? progress, CancellationToken cancel)
    {
        var patience = new Patience(time);
        for (var before = 0L; ;)
        {
            try
            {
                await FetchAsync(artifact, partial, progress, cancel);
                return;
            }
            catch (Exception broken) when (patience.Allows(broken, cancel))
            {
                // What arrived is kept; the next attempt asks for the rest.
                if (new FileInfo(partial).Length is var now && now > before)
                {
                    before = now;
                    patience.Renew();
                }

                await patience.PauseAsync(broken, cancel);
            }
        }
    }

    private async Task FetchAsync(ArtifactRef artifact, string partial, IProgress<long>? progress, CancellationToken cancel)
    {
        await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        if (file.Length == artifact.Bytes)
        {
            return; // All of it came before the last run ended; whether it is right, its hash tells.
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, Url(artifact.Sha256));
        if (file.Length > 0 && file.Length < artifact.Bytes)
        {
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        }

        using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        await Problems.ThrowIfFailedAsync(reply, cancel);
        file.SetLength(reply.StatusCode == System.Net.HttpStatusCode.PartialContent ? file.Length : 0);
        file.Position = file.Length;
        await using var body = await reply.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[BufferBytes];
        for (int read; (read = await body.ReadAsync(buffer, cancel)) > 0;)
        {
            if (file.Length + read > artifact.Bytes)
            {
                throw new NeuroException("artifact.wrong_size",
                    $"Artifact {artifact.Name} should have {artifact.Bytes} bytes, and more arrive. Ask for its reference again.");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            progress?.Report(file.Length);
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    internal static string Url(string sha256) => $"v1/artifacts/{CheckedName(sha256)}";

    // The hash becomes a file name and a URL: nothing but 64 hexadecimal digits may.
    private static string CheckedName(string sha256) => sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower)
        ? sha256
        : throw new NeuroException("artifact.bad_name", $"'{(sha256.Length <= 80 ? sha256 : sha256[..80] + "…")}' is not the SHA-256 of an artifact; expected 64 lower-case hexadecimal digits.");
}
