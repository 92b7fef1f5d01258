using Neuro.Client.Api;
using Neuro.Learning.Exchange;

namespace Neuro.Learning.Training;

/// <summary>The weights of a run's best epochs in a folder: <c>epoch-0007.safetensors</c>.</summary>
/// <remarks>Best by accuracy on held-back samples, then by loss. A folder says nothing by itself: which epochs belong to the run is told by its metrics.</remarks>
internal sealed class BestEpochs(string folder, int kept)
{
    public static IEnumerable<EpochMetrics> Ranked(IEnumerable<EpochMetrics> epochs) =>
        epochs.OrderByDescending(epoch => epoch.ValidationAccuracy ?? 0).ThenBy(epoch => epoch.Loss).ThenBy(epoch => epoch.Epoch);

    /// <summary>Keeps the newest epoch's weights if it is among the best, and drops all that are not.</summary>
    public void Keep(IReadOnlyList<EpochMetrics> epochs, Func<IReadOnlyDictionary<string, TensorValues>> weights, string specHash)
    {
        Directory.CreateDirectory(folder);
        var best = Ranked(epochs).Take(kept).Select(epoch => FileOf(epoch.Epoch)).ToList();
        var newest = FileOf(epochs[^1].Epoch);
        if (best.Contains(newest))
        {
            Safetensors.Write(newest, weights(), new Dictionary<string, string> { ["spec"] = specHash });
        }

        foreach (var other in Directory.GetFiles(folder, "epoch-*.safetensors").Except(best))
        {
            File.Delete(other);
        }
    }

    /// <summary>The best epoch's weights, or none when they are no longer there.</summary>
    /// <exception cref="NeuroException"><c>weights.invalid</c></exception>
    public IReadOnlyDictionary<string, TensorValues>? Read(int epoch) => File.Exists(FileOf(epoch)) ? Safetensors.Read(FileOf(epoch)).Tensors : null;

    private string FileOf(int epoch) => Path.Combine(folder, FormattableString.Invariant($"epoch-{epoch:D4}.safetensors"));
}
