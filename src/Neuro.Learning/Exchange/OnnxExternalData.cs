using System.Globalization;
using Neuro.Client.Api;

namespace Neuro.Learning.Exchange;

/// <summary>Numbers of an ONNX file that lie in another file beside it.</summary>
internal static class OnnxExternalData
{
    /// <exception cref="NeuroException"><c>onnx.external_data</c> when the file is not in <paramref name="folder"/> or does not hold the bytes.</exception>
    public static byte[] Read(string folder, string tensor, Dictionary<string, string> entries, long bytes)
    {
        var location = entries.GetValueOrDefault("location") ?? "";
        var path = Path.GetFullPath(Path.Combine(folder, location));
        // A link may lead elsewhere, so it is not followed.
        if (location.Length == 0 || Path.IsPathRooted(location) || !path.StartsWith(Path.GetFullPath(folder).TrimEnd('/') + "/", StringComparison.Ordinal) || IsLink(folder, path))
        {
            throw Refused($"lies in '{location}', which is not a plain file in the model's folder; put it there");
        }

        if (!File.Exists(path))
        {
            throw Refused($"lies in '{location}', which is not there; put the file beside the model");
        }

        var offset = entries.TryGetValue("offset", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        using var stream = File.OpenRead(path);
        if (bytes > Array.MaxLength || offset > stream.Length - bytes)
        {
            throw Refused($"claims {bytes:N0} bytes from {offset:N0} on of '{location}', which has {stream.Length:N0}");
        }

        stream.Position = offset;
        var data = new byte[bytes];
        stream.ReadExactly(data);
        return data;

        NeuroException Refused(string what) => new("onnx.external_data", $"The data of the ONNX file's tensor '{tensor}' {what}.");
    }

    private static bool IsLink(string folder, string path)
    {
        for (var at = path; at.Length > Path.GetFullPath(folder).TrimEnd('/').Length; at = Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }
}
