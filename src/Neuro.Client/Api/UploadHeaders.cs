namespace Neuro.Client.Api;

/// <summary>Headers of an upload in parts: those of draft-ietf-httpbis-resumable-upload, and of RFC 9530 for the part's hash.</summary>
public static class UploadHeaders
{
    /// <summary>Where a part begins, or how many bytes are there.</summary>
    public const string Offset = "Upload-Offset";

    /// <summary>?1 with the last part, or when the artifact is there; else ?0.</summary>
    public const string Complete = "Upload-Complete";

    /// <summary>Bytes of the whole artifact.</summary>
    public const string Length = "Upload-Length";

    /// <summary>The largest part that is taken.</summary>
    public const string Limit = "Upload-Limit";

    /// <summary>SHA-256 of the part: sha-256=:base64:.</summary>
    public const string Digest = "Content-Digest";
}
