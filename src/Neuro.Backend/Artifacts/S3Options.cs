using Neuro.Client.Api;

namespace Neuro.Backend.Artifacts;

/// <summary>A bucket of an S3-compatible store. Its keys are in no text that this type makes.</summary>
/// <param name="Endpoint">Such as https://s3.eu-central-1.amazonaws.com; nodes and customers must reach it too.</param>
/// <param name="Bucket">It must be there already.</param>
public sealed record S3Options(Uri Endpoint, string Bucket, string AccessKey, string SecretKey)
{
    public const string EndpointVariable = "NEURO_S3_ENDPOINT";
    public const string BucketVariable = "NEURO_S3_BUCKET";
    public const string AccessKeyVariable = "NEURO_S3_ACCESS_KEY";
    public const string SecretKeyVariable = "NEURO_S3_SECRET_KEY";
    public const string RegionVariable = "NEURO_S3_REGION";

    /// <value>us-east-1, which stores without regions go by.</value>
    public string Region { get; init; } = "us-east-1";

    /// <summary>What the environment says; null where it names no endpoint.</summary>
    /// <exception cref="NeuroException"><c>artifact.bad_store</c></exception>
    public static S3Options? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(EndpointVariable) is not { Length: > 0 } endpoint)
        {
            return null;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.PathAndQuery != "/")
        {
            throw new NeuroException("artifact.bad_store", $"{EndpointVariable} is no address of a store; expected something like https://s3.example.org.");
        }

        return new(address, Needed(BucketVariable), Needed(AccessKeyVariable), Needed(SecretKeyVariable)) { Region = Environment.GetEnvironmentVariable(RegionVariable) is { Length: > 0 } region ? region : "us-east-1" };
    }

    public override string ToString() => $"{Bucket} at {Endpoint}";

    private static string Needed(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new NeuroException("artifact.bad_store", $"{EndpointVariable} is set, but {variable} is not. Set endpoint, bucket, access key and secret key, or none of them.");
}
