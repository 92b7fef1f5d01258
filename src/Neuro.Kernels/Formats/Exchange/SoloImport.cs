using System.Numerics;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Reads every <c>step*.frame_data.json</c> with its first picture, boxes, boxes in space, keypoints and instance picture.</summary>
internal static class SoloImport
{
    public static ExternalDataset Read(ImportFolder folder)
    {
        var frames = folder.Files("", recursive: true, name => name.EndsWith(".frame_data.json", StringComparison.Ordinal))
            .Select(name => (Name: name, Json: folder.Json(name)))
            .OrderBy(frame => frame.Json["frame"].Whole(0, int.MaxValue)).ToList();
        if (frames.Count == 0)
        {
            throw new ExchangeException("import.not_found", "There is no step*.frame_data.json there; a SOLO dataset holds one a frame.");
        }

        var names = new SortedDictionary<long, string>();
        if (folder.Has(SoloExport.Definitions))
        {
            foreach (var definition in folder.Json(SoloExport.Definitions)["annotationDefinitions"].Items().Where(one => TypeOf(one) == SoloExport.BoxType))
            {
                foreach (var label in definition.Optional("spec")?.Items() ?? [])
                {
                    names[label["label_id"].Whole(0, int.MaxValue)] = label["label_name"].Text();
                }
            }
        }

        foreach (var value in frames.SelectMany(frame => Annotations(frame.Json)).Where(one => TypeOf(one) == SoloExport.BoxType).SelectMany(one => one["values"].Items()))
        {
            names.TryAdd(value["labelId"].Whole(0, int.MaxValue), value["labelName"].Text());
        }

        var ids = names.Keys.Select((label, id) => (label, id)).ToDictionary(one => one.label, one => one.id);
        return new ExternalDataset([.. names.Values], [.. frames.Select(frame => Image(folder, frame.Name, frame.Json, ids))]);
    }

    private static IEnumerable<JsonItem> Annotations(JsonItem frame) => Capture(frame).Optional("annotations")?.Items() ?? [];

    private static JsonItem Capture(JsonItem frame)
    {
        var cameras = frame["captures"].Items().Where(one => TypeOf(one) == SoloExport.CameraType).Take(1).ToList();
        return cameras.Count == 1 ? cameras[0] : throw frame["captures"].Wrong("holds no picture of a camera");
    }

    private static string TypeOf(JsonItem item) => item["@type"].Text();

    private static ExternalImage Image(ImportFolder folder, string name, JsonItem frame, Dictionary<long, int> ids)
    {
        var sequence = name[..(name.LastIndexOf('/') + 1)];
        var capture = Capture(frame);
        var (width, height) = Size(capture["dimension"]);
        var annotations = Annotations(frame).GroupBy(TypeOf).ToDictionary(group => group.Key, group => group.First());
        var spaces = ByInstance(annotations, SoloExport.Box3DType);
        var points = ByInstance(annotations, SoloExport.KeypointType);
        var masks = annotations.TryGetValue(SoloExport.SegmentationType, out var segmentation) ? Masks(folder, sequence, segmentation, width, height) : [];
        var objects = annotations.TryGetValue(SoloExport.BoxType, out var boxes)
            ? boxes["values"].Items().Select(value =>
            {
                var instance = value["instanceId"].Whole(0, uint.MaxValue);
                var (origin, size) = (value["origin"].Numbers(2), value["dimension"].Numbers(2));
                return new ExternalObject
                {
                    ClassId = ids[value["labelId"].Whole(0, int.MaxValue)],
                    Box = new ExternalBox(origin[0], origin[1], size[0], size[1]),
                    Runs = masks.GetValueOrDefault(instance),
                    Box3D = spaces.TryGetValue(instance, out var space) ? InSpace(space) : null,
                    Keypoints = points.TryGetValue(instance, out var keypoints) ? [.. keypoints["keypoints"].Items().Select(Point)] : [],
                };
            }).ToList()
            : [];
        return new ExternalImage(folder.Picture(sequence + capture["filename"].Text(), name), width, height, objects);
    }

    private static (int Width, int Height) Size(JsonItem dimension)
    {
        var sides = dimension.Numbers(2);
        return sides.All(side => side is >= 1 and <= Codec.MaxEdge && side == Math.Floor(side)) ? ((int)sides[0], (int)sides[1]) : throw dimension.Wrong($"is no size of a picture, 1 to {Codec.MaxEdge} a side");
    }

    private static Dictionary<long, JsonItem> ByInstance(Dictionary<string, JsonItem> annotations, string type) => annotations.TryGetValue(type, out var annotation)
        ? annotation["values"].Items().DistinctBy(value => value["instanceId"].Whole(0, uint.MaxValue)).ToDictionary(value => value["instanceId"].Whole(0, uint.MaxValue))
        : [];

    private static ExternalBox3D InSpace(JsonItem value)
    {
        var (size, turn) = (Vector(value["size"]), value["rotation"].Numbers(4));
        var rotation = new Quaternion((float)turn[0], (float)turn[1], (float)turn[2], (float)turn[3]);
        return rotation.Length() is > 0.99f and < 1.01f
            ? new ExternalBox3D(size, SoloAxes.OfProduct(new Pose(rotation, Vector(value["translation"]))))
            : throw value["rotation"].Wrong("is no rotation");
    }

    private static Keypoint Point(JsonItem point)
    {
        var at = point["location"].Numbers(2);
        return new Keypoint((float)at[0], (float)at[1], (int)point["state"].Whole(0, 2));
    }

    private static Vector3 Vector(JsonItem numbers) => numbers.Numbers(3) is var n ? new Vector3((float)n[0], (float)n[1], (float)n[2]) : default;

    /// <summary>The pixels of each instance's colour.</summary>
    private static Dictionary<long, RunLength> Masks(ImportFolder folder, string sequence, JsonItem segmentation, int width, int height)
    {
        var path = folder.Picture(sequence + segmentation["filename"].Text(), segmentation.File);
        Image picture;
        try
        {
            picture = new ExternalImage(path, width, height, []).Decode();
        }
        catch (PictureException broken)
        {
            throw new ExchangeException("import.unreadable", broken.Message, broken);
        }

        if ((picture.Width, picture.Height) != (width, height))
        {
            throw segmentation["filename"].Wrong($"is {picture.Width} × {picture.Height} pixels; its capture has {width} × {height}");
        }

        var instances = segmentation["instances"].Items()
            .Select(one => (Colour: Colour(one["color"]), Instance: one["instanceId"].Whole(0, uint.MaxValue))).DistinctBy(one => one.Colour).ToList();
        var numbers = instances.Select((one, at) => (one.Colour, Number: at)).ToDictionary(one => one.Colour, one => one.Number);
        var runs = instances.Select(_ => (Counts: new List<int>(), End: 0)).ToArray();
        for (var at = 0; at < width * height; at++)
        {
            var pixel = 3 * ((at % height * width) + (at / height));
            if (numbers.TryGetValue((picture.Rgb[pixel], picture.Rgb[pixel + 1], picture.Rgb[pixel + 2]), out var number))
            {
                Add(ref runs[number], at);
            }
        }

        return Enumerable.Range(0, runs.Length).Where(number => runs[number].End > 0).DistinctBy(number => instances[number].Instance)
            .ToDictionary(number => instances[number].Instance, number => Runs(runs[number], width, height));
    }

    private static void Add(ref (List<int> Counts, int End) run, int at)
    {
        if (run.End == at && run.Counts.Count > 0)
        {
            run.Counts[^1]++;
        }
        else
        {
            run.Counts.AddRange([at - run.End, 1]);
        }

        run.End = at + 1;
    }

    private static RunLength Runs((List<int> Counts, int End) run, int width, int height) =>
        RunLength.FromCounts(width, height, run.End < width * height ? [.. run.Counts, (width * height) - run.End] : [.. run.Counts]);

    private static (byte R, byte G, byte B) Colour(JsonItem colour)
    {
        var parts = colour.Items().Select(part => (byte)part.Whole(0, 255)).ToArray();
        return parts.Length is 3 or 4 ? (parts[0], parts[1], parts[2]) : throw colour.Wrong("is no colour");
    }
}
