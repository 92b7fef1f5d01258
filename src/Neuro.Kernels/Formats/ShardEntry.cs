using System.Globalization;

namespace Neuro.Kernels.Formats;

/// <summary>A shard of a dataset.</summary>
/// <param name="File">Its name in the dataset's folder, or its path.</param>
/// <param name="First">Index of its first image.</param>
/// <param name="Count">Images.</param>
/// <param name="Objects">Labelled instances.</param>
/// <param name="Bytes">Size of the tar file.</param>
public sealed record ShardEntry(string File, int First, int Count, int Objects, long Bytes)
{
    /// <summary>The name of the shard with this number, from 0.</summary>
    internal static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"shard-{number:D6}.tar");

    /// <summary>The paths of the shards of a folder from number 0 on, up to the first number that is missing.</summary>
    internal static IEnumerable<string> FilesIn(string folder)
    {
        for (var number = 0; System.IO.File.Exists(Path.Combine(folder, NameOf(number))); number++)
        {
            yield return Path.Combine(folder, NameOf(number));
        }
    }
}
