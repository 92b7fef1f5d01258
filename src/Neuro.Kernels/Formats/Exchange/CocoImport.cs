using System.Numerics;
using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads COCO JSON: the only one of the folder's <c>annotations/</c> or, without those, of the folder; pictures lie in <c>images/</c> or beside it.</summary>
internal static class CocoImport
{
    public static ExternalDataset Read(ImportFolder folder)
    {
        var root = folder.Json(Document(folder));
        var categories = root["categories"].Items().Select(one => (Id: one["id"].Whole(0, int.MaxValue), Name: one["name"].Text())).OrderBy(one => one.Id).ToList();
        var classes = Indexed(categories.Select(one => one.Id), root["categories"]);
        var images = new Dictionary<long, (string Path, int Width, int Height, List<ExternalObject> Objects)>();
        foreach (var image in root["images"].Items())
        {
            var path = Picture(folder, image["file_name"].Text(), image.File);
            if (!images.TryAdd(image["id"].Whole(0, long.MaxValue), (path, image["width"].Side(), image["height"].Side(), [])))
            {
                throw image.Wrong("has the id of an image before it");
            }
        }

        foreach (var one in root["annotations"].Items())
        {
            if (!images.TryGetValue(one["image_id"].Whole(0, long.MaxValue), out var image) || !classes.TryGetValue(one["category_id"].Whole(0, int.MaxValue), out var classId))
            {
                throw one.Wrong("belongs to an image or category that is not listed");
            }

            image.Objects.Add(Object(one, classId, image.Width, image.Height));
        }

        return new ExternalDataset([.. categories.Select(one => one.Name)], [.. images.Values.Select(image => new ExternalImage(image.Path, image.Width, image.Height, image.Objects))]);
    }

    private static string Document(ImportFolder folder)
    {
        var found = folder.Files("annotations", recursive: false, IsJson);
        found = found.Count > 0 ? found : folder.Files("", recursive: false, IsJson);
        return found.Count == 1
            ? found[0]
            : throw new ExchangeException("import.not_found", $"Expected one JSON file in annotations/ or in the folder itself; there are {found.Count}{(found.Count > 1 ? $": {string.Join(", ", found.Take(3))}. Keep one" : "")}.");

        static bool IsJson(string name) => name.EndsWith(".json", StringComparison.Ordinal);
    }

    private static string Picture(ImportFolder folder, string name, string from) =>
        File.Exists(folder.Resolve($"{CocoExport.Pictures}/{name}", from)) ? folder.Picture($"{CocoExport.Pictures}/{name}", from) : folder.Picture(name, from);

    private static Dictionary<long, int> Indexed(IEnumerable<long> ids, JsonItem place)
    {
        var index = new Dictionary<long, int>();
        foreach (var id in ids)
        {
            if (!index.TryAdd(id, index.Count))
            {
                throw place.Wrong($"lists the id {id} twice");
            }
        }

        return index;
    }

    private static ExternalObject Object(JsonItem one, int classId, int width, int height)
    {
        var box = one["bbox"].Numbers(4);
        if (box[2] < 0 || box[3] < 0)
        {
            throw one["bbox"].Wrong($"is {box[2]} × {box[3]} pixels large");
        }

        var mask = one.Optional("segmentation");
        var isList = mask?.Element.ValueKind == JsonValueKind.Array;
        return new ExternalObject
        {
            ClassId = classId,
            Box = new ExternalBox(box[0], box[1], box[2], box[3]),
            Polygons = isList ? [.. mask!.Value.Items().Select(Polygon)] : [],
            Runs = mask is { } runs && !isList ? Runs(runs, width, height) : null,
            Keypoints = one.Optional("keypoints") is { } points ? [.. Keypoints(points)] : [],
            Truncation = one.Optional("truncation")?.Number(0, 1),
        };
    }

    private static IReadOnlyList<Vector2> Polygon(JsonItem polygon)
    {
        var numbers = polygon.Numbers();
        return numbers.Length >= 6 && numbers.Length % 2 == 0
            ? [.. numbers.Chunk(2).Select(point => new Vector2((float)point[0], (float)point[1]))]
            : throw polygon.Wrong($"has {numbers.Length} numbers; a polygon has x and y of at least three points");
    }

    private static RunLength Runs(JsonItem mask, int width, int height)
    {
        var size = mask["size"].Numbers(2);
        var counts = mask["counts"];
        if (size[0] != height || size[1] != width)
        {
            throw mask.Wrong($"is for {size[1]} × {size[0]} pixels; its image has {width} × {height}");
        }

        try
        {
            return counts.Element.ValueKind == JsonValueKind.String
                ? RunLength.FromCompressed(width, height, counts.Text((width * height) + 16))
                : RunLength.FromCounts(width, height, [.. counts.Items().Select(run => (int)run.Whole(0, width * height))]);
        }
        catch (ArgumentException damaged)
        {
            throw mask.Wrong($"is damaged: {damaged.Message.TrimEnd('.')}");
        }
    }

    private static IEnumerable<Keypoint> Keypoints(JsonItem points)
    {
        var numbers = points.Numbers();
        if (numbers.Length % 3 != 0 || numbers.Where((_, at) => at % 3 == 2).Any(state => state is not (0 or 1 or 2)))
        {
            throw points.Wrong("is no list of x, y and 0, 1 or 2");
        }

        return numbers.Chunk(3).Select(point => new Keypoint((float)point[0], (float)point[1], (int)point[2]));
    }
}
