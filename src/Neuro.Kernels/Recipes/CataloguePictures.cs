using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Recipes;

/// <summary>The bounds on what a catalogue may hold, and the checks that each picture is one.</summary>
internal static class CataloguePictures
{
    public const int MaxDocumentBytes = 64 << 20;
    public const int MaxPictureBytes = 16 << 20;

    /// <summary>Of a packed catalogue, which travels as one piece.</summary>
    public const long MaxTotalBytes = 512L << 20;

    /// <summary>Of a packed catalogue, whose pictures are all decoded when it is unpacked: some minutes of work.</summary>
    public const long MaxTotalPixels = 20_000_000_000;

    /// <exception cref="CatalogueException"><c>catalogue.picture_unreadable</c>.</exception>
    public static void CheckBeginning(string path, ReadOnlySpan<byte> beginning)
    {
        try
        {
            Codec.CheckBeginning(beginning, path);
        }
        catch (PictureException wrong)
        {
            throw NoPicture(wrong);
        }
    }

    /// <exception cref="CatalogueException"><c>catalogue.picture_unreadable</c>.</exception>
    public static Image Decode(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Codec.Decode(bytes, path);
        }
        catch (PictureException wrong)
        {
            throw NoPicture(wrong);
        }
    }

    public static void CheckTotal(long bytes)
    {
        if (bytes > MaxTotalBytes)
        {
            throw new CatalogueException("catalogue.too_large", $"The catalogue's pictures take more than {MaxTotalBytes >> 20} MiB, the most that is packed; make them smaller or split the catalogue.");
        }
    }

    public static void CheckTotalPixels(long pixels)
    {
        if (pixels > MaxTotalPixels)
        {
            throw new CatalogueException("catalogue.too_large", $"The catalogue's pictures have more than {MaxTotalPixels:N0} pixels, the most that is unpacked; make them smaller or split the catalogue.");
        }
    }

    public static void CheckLength(string name, long bytes, long maxBytes)
    {
        if (bytes > maxBytes)
        {
            throw new CatalogueException("catalogue.too_large", $"{name} is {bytes:N0} bytes; at most {maxBytes:N0} are read.");
        }
    }

    public static byte[] ReadFile(string file, string name, int maxBytes)
    {
        try
        {
            CheckLength(name, new FileInfo(file).Length, maxBytes);
            return File.ReadAllBytes(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, refused);
        }
    }

    public static CatalogueException Unreadable(string name, Exception refused) => new("catalogue.unreadable", $"{name} cannot be read: {refused.Message}", refused);

    private static CatalogueException NoPicture(PictureException wrong) => new("catalogue.picture_unreadable", wrong.Message, wrong);
}
