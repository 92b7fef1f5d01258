namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads datasets in formats of others. They may come from a stranger: names stay inside the folder, sizes are bounded, and the first thing that is wrong is named with its file.</summary>
public static class DatasetImport
{
    /// <summary>Reads all labels of a folder; pictures are read when asked for.</summary>
    /// <exception cref="ExchangeException"><c>import.not_found</c>, <c>.malformed</c>, <c>.outside</c>, <c>.too_large</c>, <c>.unreadable</c>.</exception>
    public static ExternalDataset Run(DatasetFormat format, string folder)
    {
        var source = ImportFolder.Open(folder);
        return format switch
        {
            DatasetFormat.Coco or DatasetFormat.CocoPolygons => CocoImport.Read(source),
            DatasetFormat.Yolo or DatasetFormat.YoloPolygons => YoloImport.Read(source, oriented: false),
            DatasetFormat.YoloObb => YoloImport.Read(source, oriented: true),
            DatasetFormat.Kitti => KittiImport.Read(source),
            DatasetFormat.Voc => VocImport.Read(source),
            DatasetFormat.Solo => SoloImport.Read(source),
            DatasetFormat.ImageFolder => ImageFolderImport.Read(source),
            _ => GroceryStoreImport.Read(source),
        };
    }
}
