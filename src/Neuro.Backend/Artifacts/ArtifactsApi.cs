using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Neuro.Backend.Accounts;
using Neuro.Backend.Nodes;
using Neuro.Backend.Portal;
using Neuro.Client.Api;
using Neuro.Client.Data;

namespace Neuro.Backend.Artifacts;

/// <summary>
/// Artifacts over HTTP. Uploads in parts speak the words of draft-ietf-httpbis-resumable-upload and RFC 9530; an upload has no address of its own, since caller and
/// hash name it.
/// </summary>
internal static class ArtifactsApi
{
    private const string DigestBegins = "sha-256=:";

    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var artifacts = routes.MapGroup("/v1/artifacts/{sha256}").RequireAuthorization(Policies.Anyone).WithTags("Artifacts");
        artifacts.MapGet("", Get).WithSummary("The bytes, whole or a range of them; or 307 to where they lie.");
        artifacts.MapMethods("", ["HEAD"], Head).WithSummary("Whether the bytes are there for you.").ExcludeFromDescription();
        artifacts.MapPut("", Put).Needs(Scopes.Publish).WithSummary("Uploads bytes in one request; refused when they are not what their name says.").Accepts<byte[]>("*/*");
        artifacts.MapDelete("", Drop).Needs(Scopes.Publish).WithSummary("Gives up an upload of yours; its bytes go when nothing else keeps them.");
        artifacts.MapPost("/upload", Begin).Needs(Scopes.Publish).WithSummary("Begins an upload in parts of Upload-Length bytes, or says how far it is.");
        artifacts.MapGet("/upload", State).WithSummary("How far an upload of yours is.");
        artifacts.MapMethods("/upload", ["HEAD"], HeadState).WithSummary("How far an upload of yours is.").ExcludeFromDescription();
        artifacts.MapPatch("/upload", Append).Needs(Scopes.Publish).NotAudited()
            .WithSummary("Sends the part at Upload-Offset, checked by its Content-Digest; with Upload-Complete: ?1 the last one.")
            .Accepts<byte[]>(isOptional: true, "application/partial-upload");
        artifacts.MapDelete("/upload", Cancel).Needs(Scopes.Publish).WithSummary("Forgets an upload that has begun.");
    }

    private static async Task<Results<FileStreamHttpResult, RedirectHttpResult>> Get(string sha256, ClaimsPrincipal user, ArtifactFiles files, CancellationToken cancel)
    {
        var found = await FindAsync(sha256, user, files, cancel);
        return await files.OpenAsync(found, cancel) is { } bytes
            ? TypedResults.Stream(bytes, found.MediaType, entityTag: Tag(sha256), enableRangeProcessing: true)
            : TypedResults.Redirect((await files.AddressAsync(found)).AbsoluteUri, permanent: false, preserveMethod: true);
    }

    private static async Task<EmptyHttpResult> Head(string sha256, ClaimsPrincipal user, ArtifactFiles files, HttpResponse response, CancellationToken cancel)
    {
        var found = await FindAsync(sha256, user, files, cancel);
        response.ContentLength = found.Bytes;
        response.ContentType = found.MediaType;
        response.Headers.ETag = Tag(sha256).ToString();
        response.Headers.AcceptRanges = "bytes";
        return TypedResults.Empty;
    }

    private static async Task<NoContent> Put(string sha256, HttpRequest request, ClaimsPrincipal user, Uploads uploads, NodeRegistry nodes, CancellationToken cancel)
    {
        ArtifactFiles.Checked(sha256);
        MostBytes(request, ArtifactFiles.Largest);
        await uploads.SaveAsync(sha256, request.ContentLength, request.Body, MediaType(request), Who(user, nodes), cancel);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> Drop(string sha256, ClaimsPrincipal user, ArtifactFiles files, ArtifactKeeper keeper, CancellationToken cancel)
    {
        await files.DropAsync(ArtifactFiles.Checked(sha256), user.Reader(), cancel);
        keeper.Hurry();
        return TypedResults.NoContent();
    }

    private static async Task<Ok<UploadState>> Begin(string sha256, HttpRequest request, ClaimsPrincipal user, Uploads uploads, NodeRegistry nodes, CancellationToken cancel) =>
        Answer(
            request.HttpContext.Response,
            await uploads.BeginAsync(ArtifactFiles.Checked(sha256), Number(request, UploadHeaders.Length), MediaType(request), Who(user, nodes), cancel));

    private static async Task<Ok<UploadState>> State(string sha256, HttpResponse response, ClaimsPrincipal user, Uploads uploads, NodeRegistry nodes, CancellationToken cancel) =>
        Answer(response, await uploads.StateAsync(ArtifactFiles.Checked(sha256), Who(user, nodes), cancel));

    private static async Task<NoContent> HeadState(string sha256, HttpResponse response, ClaimsPrincipal user, Uploads uploads, NodeRegistry nodes, CancellationToken cancel)
    {
        await State(sha256, response, user, uploads, nodes, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<UploadState>> Append(string sha256, HttpRequest request, ClaimsPrincipal user, Uploads uploads, NodeRegistry nodes, CancellationToken cancel)
    {
        ArtifactFiles.Checked(sha256);
        MostBytes(request, Uploads.LargestPart);
        var (offset, complete) = (Number(request, UploadHeaders.Offset), Flag(request));
        return Answer(request.HttpContext.Response, await uploads.AppendAsync(sha256, Who(user, nodes), offset, complete, Digest(request), request.Body, cancel));
    }

    private static async Task<NoContent> Cancel(string sha256, ClaimsPrincipal user, Uploads uploads, NodeRegistry nodes, CancellationToken cancel)
    {
        await uploads.CancelAsync(ArtifactFiles.Checked(sha256), Who(user, nodes), cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Storage.ArtifactRow> FindAsync(string sha256, ClaimsPrincipal user, ArtifactFiles files, CancellationToken cancel) =>
        await files.FindAsync(ArtifactFiles.Checked(sha256), user.Reader(), user.FindFirstValue(Caller.NodeClaim), cancel) ?? throw ArtifactFiles.NotFound(sha256);

    private static EntityTagHeaderValue Tag(string sha256) => new($"\"{sha256}\"");

    private static Uploader Who(ClaimsPrincipal user, NodeRegistry nodes) => new(user.Reader(), user.Key() is { } key ? key.Account : nodes.Get(user.NodeId()).AccountId);

    private static string MediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) && parsed.MediaType.Length <= 100 ? parsed.MediaType.ToString() : "application/octet-stream";

    // Refused by what is announced, before a byte is read; by what is counted where nothing is.
    private static void MostBytes(HttpRequest request, long most)
    {
        request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = most;
        if (request.ContentLength > most)
        {
            throw new NeuroException("artifact.too_large",
                $"The request has {request.ContentLength} bytes; at most {most} are taken here at once.") { Status = StatusCodes.Status413PayloadTooLarge };
        }
    }

    private static Ok<UploadState> Answer(HttpResponse response, UploadState state)
    {
        response.Headers[UploadHeaders.Offset] = state.Offset.ToString(CultureInfo.InvariantCulture);
        response.Headers[UploadHeaders.Complete] = state.Complete ? "?1" : "?0";
        response.Headers[UploadHeaders.Limit] = $"max-append-size={state.LargestPart}";
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(state);
    }

    private static long Number(HttpRequest request, string header) =>
        request.Headers[header] is [{ Length: > 0 } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new NeuroException("artifact.bad_header",
            $"{header} is '{Words.Clip(request.Headers[header].ToString(), 50)}'; expected one whole number of bytes from 0 to {ArtifactFiles.Largest}.");

    private static bool Flag(HttpRequest request) => request.Headers[UploadHeaders.Complete].ToString() switch
    {
        "?1" => true,
        "?0" => false,
        var other => throw new NeuroException("artifact.bad_header",
            $"{UploadHeaders.Complete} is '{Words.Clip(other, 50)}'; expected ?1 for the last part and ?0 for the others."),
    };

    private static byte[] Digest(HttpRequest request)
    {
        var text = request.Headers[UploadHeaders.Digest].ToString();
        if (text.Length == 0 && request.ContentLength == 0)
        {
            return SHA256.HashData([]);
        }

        var digest = new byte[SHA256.HashSizeInBytes];
        return text.StartsWith(DigestBegins, StringComparison.Ordinal) && text.EndsWith(':') && text.Length > DigestBegins.Length
            && Convert.TryFromBase64String(text[DigestBegins.Length..^1], digest, out var written) && written == digest.Length
            ? digest
            : throw new NeuroException("artifact.bad_header",
                $"{UploadHeaders.Digest} is '{Words.Clip(text, 100)}'; expected sha-256=:…: with the part's SHA-256 in base64.");
    }
}
