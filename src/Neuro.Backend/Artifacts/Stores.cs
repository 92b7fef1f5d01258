namespace Neuro.Backend.Artifacts;

/// <summary>Which store a platform has.</summary>
internal static class Stores
{
    public static IByteStore Open(PlatformOptions options) =>
        options.S3 is { } bucket ? new S3ByteStore(bucket) : new FileByteStore(Path.GetFullPath(options.ArtifactsFolder ?? Path.Combine(options.DataFolder, "artifacts")));
}
