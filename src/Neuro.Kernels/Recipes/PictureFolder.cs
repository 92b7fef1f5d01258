using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Recipes;

/// <summary>The pictures of a catalogue as files, read when they are wanted.</summary>
internal sealed class PictureFolder
{
    private readonly string folder;
    private readonly Dictionary<string, Stamp> stamps = new(StringComparer.Ordinal);

    private PictureFolder(string folder) => this.folder = folder;

    /// <summary>Looks at each file's size and first bytes, no more: a catalogue may have a hundred thousand.</summary>
    /// <exception cref="CatalogueException">A file is missing, too large or no picture.</exception>
    public static PictureFolder Open(string folder, IEnumerable<(string Path, string Owner)> pictures)
    {
        var opened = new PictureFolder(folder);
        Span<byte> beginning = stackalloc byte[Codec.BeginningLength];
        foreach (var (path, owner) in pictures)
        {
            var file = new FileInfo(Path.Combine(folder, path));
            if (!file.Exists)
            {
                throw new CatalogueException("catalogue.picture_missing", $"{path}, a picture of {owner}, is not in {folder}.");
            }

            CataloguePictures.CheckLength(path, file.Length, CataloguePictures.MaxPictureBytes);
            CataloguePictures.CheckBeginning(path, beginning[..ReadBeginning(file, path, beginning)]);
            opened.stamps[path] = Stamp.Of(file);
        }

        return opened;
    }

    /// <summary>The picture as it was encoded.</summary>
    /// <exception cref="CatalogueException"><c>catalogue.picture_changed</c>: it is not the file that was there at first, and the catalogue's hash would name other pixels.</exception>
    public byte[] Read(string path)
    {
        var file = new FileInfo(Path.Combine(folder, path));
        return file.Exists && Stamp.Of(file) == stamps[path]
            ? CataloguePictures.ReadFile(file.FullName, path, CataloguePictures.MaxPictureBytes)
            : throw new CatalogueException("catalogue.picture_changed", $"{path} has {(file.Exists ? "changed" : "vanished")} since the catalogue was loaded from {folder}; load it again.");
    }

    private static int ReadBeginning(FileInfo file, string path, Span<byte> beginning)
    {
        try
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw CataloguePictures.Unreadable(path, refused);
        }
    }

    private readonly record struct Stamp(long Length, DateTime Written)
    {
        public static Stamp Of(FileInfo file) => new(file.Length, file.LastWriteTimeUtc);
    }
}
