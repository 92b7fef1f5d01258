using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Neuro.Backend.Accounts;

namespace Neuro.Backend.Artifacts;

internal static class ArtifactsApi
{
    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var artifacts = routes.MapGroup("/v1/artifacts").RequireAuthorization(Policies.Anyone).WithTags("Artifacts");
        artifacts.MapGet("/{sha256}", Get).WithSummary("The bytes, whole or a range of them.");
        artifacts.MapMethods("/{sha256}", ["HEAD"], Get).WithSummary("Whether the bytes are there for you.").ExcludeFromDescription();
        artifacts.MapPut("/{sha256}", Put).Needs(Scopes.Publish).WithSummary("Uploads bytes; refused when they are not what their name says.").Accepts<byte[]>("*/*");
    }

    private static async Task<PhysicalFileHttpResult> Get(string sha256, ClaimsPrincipal user, ArtifactFiles files, CancellationToken cancel)
    {
        var found = await files.FindAsync(ArtifactFiles.Checked(sha256), user.Reader(), user.FindFirstValue(Caller.NodeClaim), cancel) ?? throw ArtifactFiles.NotFound(sha256);
        return TypedResults.PhysicalFile(files.PathOf(sha256), found.MediaType, entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: true);
    }

    private static async Task<NoContent> Put(string sha256, HttpRequest request, ClaimsPrincipal user, ArtifactFiles files, CancellationToken cancel)
    {
        ArtifactFiles.Checked(sha256);
        request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = ArtifactFiles.Largest;
        var mediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) && parsed.MediaType.Length <= 100 ? parsed.MediaType.ToString() : "application/octet-stream";
        await files.SaveAsync(sha256, request.Body, mediaType, user.Reader(), cancel);
        return TypedResults.NoContent();
    }
}
