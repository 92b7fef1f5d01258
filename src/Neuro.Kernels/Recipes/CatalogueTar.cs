using System.Formats.Tar;
using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Recipes;

/// <summary>A catalogue as one tar: <c>catalogue.json</c> first, then the pictures by name; no clock, no user, no machine in it.</summary>
internal static class CatalogueTar
{
    public static byte[] Write(CatalogueDocument document, IReadOnlyDictionary<string, byte[]> pictures)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Append(writer, CatalogueDocument.FileName, document.ToJson());
            foreach (var (path, bytes) in pictures.OrderBy(picture => picture.Key, StringComparer.Ordinal))
            {
                Append(writer, path, bytes);
            }
        }

        return tar.ToArray();
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
        foreach (var product in document.Products)
        {
            if (!files.TryGetValue(product.Picture, out var bytes))
            {
                throw new CatalogueException("catalogue.picture_missing", $"{product.Picture}, the picture of {product.Sku}, is not in the packed catalogue.");
            }

            if (pictures.TryAdd(product.Picture, bytes))
            {
                CataloguePictures.Check(product.Picture, bytes);
            }
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
                if (files.Count > CatalogueDocument.MaxProducts || entry.Length > CataloguePictures.MaxPictureBytes)
                {
                    throw new CatalogueException("catalogue.too_large", $"{entry.Name} is {entry.Length:N0} bytes, file {files.Count + 1} of the packed catalogue; at most {CataloguePictures.MaxPictureBytes:N0} bytes and {CatalogueDocument.MaxProducts} files are read.");
                }

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
