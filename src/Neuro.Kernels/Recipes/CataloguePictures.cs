using Neuro.Kernels.Formats;

namespace Neuro.Kernels.Recipes;

/// <summary>The bounds on what a catalogue may hold, and the check that each picture is one.</summary>
internal static class CataloguePictures
{
    public const int MaxDocumentBytes = 16 << 20;
    public const int MaxPictureBytes = 16 << 20;
    public const long MaxTotalBytes = 512L << 20;

    /// <summary>Decodes the picture once, so that what is wrong with it is said when the catalogue is read and not in mid-render.</summary>
    public static void Check(string path, byte[] bytes)
    {
        try
        {
            Codec.Decode(bytes, path);
        }
        catch (PictureException wrong)
        {
            throw new CatalogueException("catalogue.picture_unreadable", wrong.Message, wrong);
        }
    }

    public static void CheckTotal(long bytes)
    {
        if (bytes > MaxTotalBytes)
        {
            throw new CatalogueException("catalogue.too_large", $"The catalogue's pictures take more than {MaxTotalBytes >> 20} MiB; make them smaller or split the catalogue.");
        }
    }

    public static byte[] ReadFile(string file, string name, int maxBytes)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length <= maxBytes
                ? File.ReadAllBytes(file)
                : throw new CatalogueException("catalogue.too_large", $"{name} is {length:N0} bytes; at most {maxBytes:N0} are read.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueException("catalogue.unreadable", $"{name} cannot be read: {refused.Message}", refused);
        }
    }
}
