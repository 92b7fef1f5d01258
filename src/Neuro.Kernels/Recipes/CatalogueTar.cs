using System.Formats.Tar;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Recipes;

/// <summary>A catalogue as one tar: <c>catalogue.json</c> first, then the pictures by name; no clock, no user, no machine in it.</summary>
internal static class CatalogueTar
{
    /// <summary>Writes the tar; one picture at a time is in memory.</summary>
    /// <param name="document">What it lists.</param>
    /// <param name="read">A picture as it was encoded, by its path.</param>
    /// <param name="destination">Written forwards only.</param>
    public static void Write(CatalogueDocument document, Func<string, byte[]> read, Stream destination)
    {
        using var writer = new TarWriter(destination, TarEntryFormat.Ustar, leaveOpen: true);
        Append(writer, CatalogueDocument.FileName, document.ToJson());
        foreach (var path in document.Pictures().Keys)
        {
            Append(writer, path, read(path));
        }
    }

    public static (CatalogueDocument Document, IReadOnlyDictionary<string, byte[]> Pictures) Read(byte[] tar)
    {
        var files = Files(tar);
        if (!files.Remove(CatalogueDocument.FileName, out var json))
        {
            throw new CatalogueException("catalogue.not_found", $"The packed catalogue holds no {CatalogueDocument.FileName}.");
        }

        var document = CatalogueDocument.Parse(json);
        var pictures = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var pixels = 0L;
        foreach (var (path, owner) in document.Pictures())
        {
            if (!files.TryGetValue(path, out var bytes))
            {
                throw new CatalogueException("catalogue.picture_missing", $"{path}, a picture of {owner}, is not in the packed catalogue.");
            }

            var picture = CataloguePictures.Decode(path, bytes);
            CataloguePictures.CheckTotalPixels(pixels += (long)picture.Width * picture.Height);
            pictures.Add(path, bytes);
        }

        return (document, pictures);
    }

    private static Dictionary<string, byte[]> Files(byte[] tar)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var total = 0L;
        try
        {
            var reader = new TarStream(new MemoryStream(tar, writable: false));
            while (reader.Next() is { } entry)
            {
                if (entry.Type is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !CataloguePaths.IsPlain(entry.Name))
                {
                    throw new CatalogueException("catalogue.picture_path", $"The packed catalogue holds '{entry.Name}' ({entry.Type}); only plain files with relative names inside it are read.");
                }

                CataloguePictures.CheckTotal(total += entry.Length);
                CataloguePictures.CheckLength(entry.Name, entry.Length, entry.Name == CatalogueDocument.FileName ? CataloguePictures.MaxDocumentBytes : CataloguePictures.MaxPictureBytes);

                if (!files.TryAdd(entry.Name, reader.Read(entry)))
                {
                    throw new CatalogueException("catalogue.malformed", $"The packed catalogue holds {entry.Name} twice.");
                }
            }
        }
        catch (Exception broken) when (broken is EndOfStreamException or InvalidDataException)
        {
            throw new CatalogueException("catalogue.malformed", $"The packed catalogue is no complete tar: {(broken is EndOfStreamException ? $"it ends after {tar.Length:N0} bytes, in the middle of a file" : broken.Message)}.", broken);
        }

        return files;
    }

    private static void Append(TarWriter writer, string name, byte[] bytes) => writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        ModificationTime = DateTimeOffset.UnixEpoch,
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        DataStream = new MemoryStream(bytes, writable: false),
    });
}
