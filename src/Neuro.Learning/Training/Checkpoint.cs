using System.Globalization;
using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;

namespace Neuro.Learning.Training;

/// <summary>Everything a run needs to go on after an epoch as if it had never stopped: one safetensors file with weights, both moments of the
/// optimiser, the average of the weights where there is one, and the epochs so far as JSON in its metadata.</summary>
/// <param name="Run">Fingerprint of spec, options and data; a checkpoint of another run is not used.</param>
internal sealed record Checkpoint(
    string Run, int Epoch, int Step, IReadOnlyList<EpochMetrics> Epochs,
    IReadOnlyDictionary<string, TensorValues> Weights, IReadOnlyDictionary<string, TensorValues> Optimiser, IReadOnlyDictionary<string, TensorValues>? Average = null)
{
    private const int Kept = 2;
    private const string WeightPrefix = "model/";
    private const string OptimiserPrefix = "optimiser/";
    private const string AveragePrefix = "average/";
    private static readonly Dictionary<string, TensorValues> NoTensors = [];

    /// <summary>Writes <c>epoch-0007.safetensors</c> whole or not at all, then drops all but the newest two: the older one stands in should the newer be damaged.</summary>
    public void Save(string folder)
    {
        var tensors = Prefixed(WeightPrefix, Weights).Concat(Prefixed(OptimiserPrefix, Optimiser)).Concat(Prefixed(AveragePrefix, Average ?? NoTensors)).ToDictionary();
        Safetensors.Write(Path.Combine(folder, FormattableString.Invariant($"epoch-{Epoch:D4}.safetensors")), tensors, new Dictionary<string, string>
        {
            ["run"] = Run,
            ["epoch"] = Epoch.ToString(CultureInfo.InvariantCulture),
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["epochs"] = JsonSerializer.Serialize(Epochs, NeuroJson.Options),
        });
        foreach (var old in Files(folder).Skip(Kept))
        {
            File.Delete(old);
        }
    }

    /// <summary>The newest good checkpoint of this run, or none; each one that cannot be used leaves a note that says why.</summary>
    public static Checkpoint? Newest(string folder, string run, ICollection<string> notes)
    {
        foreach (var file in Files(folder))
        {
            try
            {
                var found = Load(file);
                if (found.Run == run)
                {
                    return found;
                }

                notes.Add($"{file} belongs to a run with another model, dataset or options; it is not used.");
            }
            catch (NeuroException e)
            {
                notes.Add($"{e.Message} The one before it is used, if there is one.");
            }
        }

        return null;
    }

    private static Checkpoint Load(string file)
    {
        var (tensors, metadata) = Safetensors.Read(file);
        try
        {
            return new(
                metadata["run"],
                int.Parse(metadata["epoch"], NumberStyles.None, CultureInfo.InvariantCulture),
                int.Parse(metadata["step"], NumberStyles.None, CultureInfo.InvariantCulture),
                JsonSerializer.Deserialize<EpochMetrics[]>(metadata["epochs"], NeuroJson.Options)!,
                Stripped(WeightPrefix, tensors),
                Stripped(OptimiserPrefix, tensors),
                Stripped(AveragePrefix, tensors) is { Count: > 0 } average ? average : null);
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or OverflowException or JsonException)
        {
            throw new NeuroException("weights.invalid", $"{file} is not a checkpoint: {e.Message}");
        }
    }

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "epoch-*.safetensors").OrderDescending(StringComparer.Ordinal)
        : [];

    private static IEnumerable<KeyValuePair<string, TensorValues>> Prefixed(string prefix, IReadOnlyDictionary<string, TensorValues> tensors) =>
        tensors.Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value));

    private static Dictionary<string, TensorValues> Stripped(string prefix, IReadOnlyDictionary<string, TensorValues> tensors) =>
        tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value);
}
