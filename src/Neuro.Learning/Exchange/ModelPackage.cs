using System.Formats.Tar;
using Neuro.Client.Api;
using Neuro.Kernels.Formats;

namespace Neuro.Learning.Exchange;

/// <summary>A finished model as one tar, the same bytes for the same model.</summary>
public static class ModelPackage
{
    /// <summary>Packs the four files of a model's folder.</summary>
    /// <exception cref="NeuroException"><c>model.missing</c>, <c>model.invalid</c>.</exception>
    public static byte[] Pack(string folder)
    {
        ModelFolder.Read(folder);
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var name in ModelFolder.Files)
            {
                using var content = File.OpenRead(Path.Combine(folder, name));
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { ModificationTime = DateTimeOffset.UnixEpoch, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, DataStream = content });
            }
        }

        return buffer.ToArray();
    }

    /// <summary>Unpacks a stranger's package: only the four known names, each once; the card, the spec and the weights must agree, and the ONNX file must be, byte for byte, what they give.</summary>
    /// <exception cref="NeuroException"><c>model.package_invalid</c>, and what the spec's and the weights' readers throw. The folder is then left as it was.</exception>
    public static void Unpack(byte[] tar, string folder)
    {
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))!;
        Directory.CreateDirectory(parent);
        var partial = Path.Combine(parent, $".{Guid.NewGuid():N}.partial");
        try
        {
            Directory.CreateDirectory(partial);
            Extract(tar, partial);
            CheckContents(partial);
            Directory.CreateDirectory(folder);
            foreach (var name in ModelFolder.Files)
            {
                File.Move(Path.Combine(partial, name), Path.Combine(folder, name), overwrite: true);
            }
        }
        finally
        {
            Directory.Delete(partial, recursive: true);
        }
    }

    private static void Extract(byte[] tar, string folder)
    {
        try
        {
            // Not the general reader: it makes room for what an extended header claims before it has seen the bytes.
            var reader = new TarStream(new MemoryStream(tar, writable: false));
            while (reader.Next() is { } entry)
            {
                var path = Path.Combine(folder, ModelFolder.Files.FirstOrDefault(name => name == entry.Name) ?? throw Invalid($"it holds '{Short(entry.Name)}'"));
                if (entry.Type is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.Length > tar.Length || File.Exists(path))
                {
                    throw Invalid($"'{entry.Name}' is no plain file, is too large, or stands there twice");
                }

                File.WriteAllBytes(path, reader.Read(entry));
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw Invalid($"it is not a whole tar ({e.Message.TrimEnd('.')})");
        }
    }

    private static void CheckContents(string folder)
    {
        var missing = ModelFolder.Files.FirstOrDefault(name => !File.Exists(Path.Combine(folder, name)));
        if (missing is not null)
        {
            throw Invalid($"it holds no {missing}");
        }

        var (spec, card) = ModelFolder.Read(folder);
        var (weights, _) = Safetensors.Read(Path.Combine(folder, ModelFolder.Weights));
        var expected = OnnxExporter.Export(spec, weights, card);
        // An ONNX file can hold any graph; the exporter's own bytes are the only ones that a runtime of ours is given.
        if (!File.ReadAllBytes(Path.Combine(folder, ModelFolder.Onnx)).AsSpan().SequenceEqual(expected))
        {
            throw Invalid($"{ModelFolder.Onnx} is not what {ModelFolder.Spec} and {ModelFolder.Weights} give");
        }
    }

    private static string Short(string name) => name.Length > 60 ? name[..60] + "…" : name;

    private static NeuroException Invalid(string what) =>
        new("model.package_invalid", $"The model package cannot be used: {what}. Expected a tar of {string.Join(", ", ModelFolder.Files)} as `ModelPackage.Pack` writes it.");
}
