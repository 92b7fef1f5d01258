namespace Neuro.Kernels.Formats.Exchange;

/// <summary>The formats of others that datasets are written to and read from.</summary>
public enum DatasetFormat
{
    /// <summary>COCO detection, instances (run lengths) and keypoints: cocodataset.org/#format-data.</summary>
    Coco,

    /// <summary>COCO with masks as polygons, for tools that read no run lengths.</summary>
    CocoPolygons,

    /// <summary>YOLO boxes: docs.ultralytics.com/datasets/detect.</summary>
    Yolo,

    /// <summary>YOLO with one polygon an object: docs.ultralytics.com/datasets/segment.</summary>
    YoloPolygons,

    /// <summary>YOLO with oriented boxes: docs.ultralytics.com/datasets/obb.</summary>
    YoloObb,

    /// <summary>KITTI object detection, 2-D and 3-D: readme of the object development kit, cvlibs.net/datasets/kitti.</summary>
    Kitti,

    /// <summary>Pascal VOC boxes: Everingham and Winn, VOC2012 development kit.</summary>
    Voc,

    /// <summary>Unity Perception's SOLO: docs.unity3d.com/Packages/com.unity.perception@1.0/manual/Schema/SoloSchema.html.</summary>
    Solo,

    /// <summary>A folder a class, a picture an object, as image classifiers read them.</summary>
    ImageFolder,

    /// <summary>The Grocery Store Dataset of Klasson, Zhang and Kjellström (WACV 2019), import only: github.com/marcusklasson/GroceryStoreDataset.</summary>
    GroceryStore,
}

/// <summary>How formats are spelled on a command line.</summary>
public static class DatasetFormats
{
    private static readonly (string Name, DatasetFormat Format)[] Known =
    [
        ("coco", DatasetFormat.Coco), ("coco-polygons", DatasetFormat.CocoPolygons), ("yolo", DatasetFormat.Yolo), ("yolo-polygons", DatasetFormat.YoloPolygons), ("yolo-obb", DatasetFormat.YoloObb),
        ("kitti", DatasetFormat.Kitti), ("voc", DatasetFormat.Voc), ("solo", DatasetFormat.Solo), ("image-folder", DatasetFormat.ImageFolder), ("grocery-store", DatasetFormat.GroceryStore),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>Reads a name.</summary>
    /// <exception cref="ExchangeException"><c>exchange.unknown_format</c>.</exception>
    public static DatasetFormat Parse(string name)
    {
        var at = Array.FindIndex(Known, known => known.Name == name);
        return at >= 0
            ? Known[at].Format
            : throw new ExchangeException("exchange.unknown_format", $"There is no format '{name}'; did you mean {Spelling.Nearest(name, Names).First()}? Known are {string.Join(", ", Names)}.");
    }
}
