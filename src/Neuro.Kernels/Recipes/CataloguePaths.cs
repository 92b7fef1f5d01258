namespace Neuro.Kernels.Recipes;

/// <summary>Which picture paths a catalogue may name: plain relative ones that stay inside it and fit a tar header.</summary>
internal static class CataloguePaths
{
    private const int MaxLength = 100;

    /// <param name="owner">Whose picture it is: a sku, or the backgrounds.</param>
    /// <exception cref="CatalogueException"><c>catalogue.picture_path</c>.</exception>
    public static void Check(string owner, string path)
    {
        if (!IsPlain(path))
        {
            throw new CatalogueException("catalogue.picture_path", $"{owner}: the picture path '{path}' is not allowed; use a relative path inside the catalogue, of letters, digits and -_. with forward slashes, at most {MaxLength} characters.");
        }
    }

    /// <summary>A relative path without steps upwards, of characters that every file system takes.</summary>
    public static bool IsPlain(string path) =>
        path.Length is > 0 and <= MaxLength
        && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
        && path.Split('/').All(part => part.Trim('.').Length > 0);
}
