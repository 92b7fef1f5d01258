using Neuro.Client.Api;

namespace Neuro.Backend.Artifacts;

/// <summary>A bucket of an S3-compatible store. Its keys are in no text that this type makes.</summary>
/// <param name="Endpoint">Such as https://s3.eu-central-1.amazonaws.com; nodes and customers must reach it too.</param>
/// <param name="Bucket">It must be there already.</param>
public sealed record S3Options(Uri Endpoint, string Bucket, string AccessKey, string SecretKey)
{
    private const string UsualRegion = "us-east-1";

    /// <value>us-east-1, by which stores without regions go.</value>
    public string Region { get; init; } = UsualRegion;

    /// <summary>
    /// What the environment says: NEURO_S3_ENDPOINT, _BUCKET, _ACCESS_KEY, _SECRET_KEY and, where the store has regions, _REGION. Null where it names no endpoint.
    /// </summary>
    /// <param name="variable">The value of a variable, or null.</param>
    /// <exception cref="NeuroException"><c>artifact.bad_store</c></exception>
    public static S3Options? Read(Func<string, string?> variable)
    {
        if (variable("NEURO_S3_ENDPOINT") is not { Length: > 0 } endpoint)
        {
            return null;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.PathAndQuery != "/" || address.UserInfo.Length > 0)
        {
            throw new NeuroException("artifact.bad_store",
                "NEURO_S3_ENDPOINT is no address of a store; expected something like https://s3.example.org, without keys and without a path.");
        }

        return new(address, Needed("NEURO_S3_BUCKET"), Needed("NEURO_S3_ACCESS_KEY"), Needed("NEURO_S3_SECRET_KEY")) { Region = variable("NEURO_S3_REGION") is { Length: > 0 } region ? region : UsualRegion };

        string Needed(string name) => variable(name) is { Length: > 0 } value
            ? value
            : throw new NeuroException("artifact.bad_store",
                $"NEURO_S3_ENDPOINT is set, but {name} is not. Set endpoint, bucket, access key and secret key, or none of them.");
    }

    public override string ToString() => $"{Bucket} at {Endpoint}";
}
