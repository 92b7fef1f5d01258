namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads a folder a class; the classes are the folders' names in alphabetical order.</summary>
internal static class ImageFolderImport
{
    public static ExternalDataset Read(ImportFolder folder)
    {
        var pictures = folder.Files("", recursive: true, name => ImportFolder.IsPicture(name) && name.Contains('/'));
        if (pictures.Count == 0)
        {
            throw new ExchangeException("import.not_found", "There are no pictures in folders there; an image folder holds a folder a class.");
        }

        var classes = pictures.Select(ClassOf).Distinct().Order(StringComparer.Ordinal).ToList();
        var ids = classes.Select((name, id) => (name, id)).ToDictionary(one => one.name, one => one.id);
        return new ExternalDataset(classes, [.. pictures.Select(name => new ExternalImage(folder.Picture(name, "The folder"), 0, 0, []) { ClassId = ids[ClassOf(name)] })]);
    }

    private static string ClassOf(string picture) => picture[..picture.IndexOf('/')];
}
