using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Market;
using Neuro.Client.Models;

namespace Neuro.Backend.Listings;

/// <summary>Looks at what is put on offer: measures it, and makes the picture that anyone may see.</summary>
/// <remarks>The backend knows neither recipes nor pictures; who hosts it brings them in through this seam. Paths are those of artifacts by SHA-256; what lies there came from a stranger.</remarks>
public interface IAppraiser
{
    /// <exception cref="NeuroException">It cannot be shown: a stable code and why.</exception>
    Task<Appraisal> GeneratorAsync(GeneratorListing generator, Func<string, string> artifactPath, CancellationToken cancel);

    /// <exception cref="NeuroException">It cannot be shown: a stable code and why.</exception>
    Task<Appraisal> DatasetAsync(DatasetManifest dataset, Func<string, string> artifactPath, CancellationToken cancel);

    /// <exception cref="NeuroException">It cannot be shown: a stable code and why.</exception>
    Task<Appraisal> ModelAsync(ModelManifest model, Func<string, string> artifactPath, CancellationToken cancel);
}

/// <summary>What came of looking.</summary>
/// <param name="Preview">A JPEG of low resolution with a watermark, at most <see cref="LargestPreview"/> bytes; null where there is nothing to see.</param>
public sealed record Appraisal(AssetCard Card, byte[]? Preview)
{
    /// <summary>Bytes.</summary>
    public const int LargestPreview = 512 << 10;
}
