using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>A <c>sequence.N/</c> an image with its picture, its instance picture and <c>step0.frame_data.json</c>; definitions beside them.</summary>
/// <remarks>A quaternion is x, y, z, w as Unity's package writes it; its manual page says w, x, y, z. An instance's colour is its id: red the low byte, green the high one, blue full.</remarks>
internal sealed class SoloExport(ExportFolder folder, IReadOnlyList<string> classes) : IExport
{
    public const string Frame = "step0.frame_data.json";
    public const string BoxType = "type.unity.com/unity.solo.BoundingBox2DAnnotation";
    public const string Box3DType = "type.unity.com/unity.solo.BoundingBox3DAnnotation";
    public const string SegmentationType = "type.unity.com/unity.solo.InstanceSegmentationAnnotation";
    public const string KeypointType = "type.unity.com/unity.solo.KeypointAnnotation";
    public const string CameraType = "type.unity.com/unity.solo.RGBCamera";
    public const string OcclusionType = "type.unity.com/unity.solo.OcclusionMetric";
    public const string Definitions = "annotation_definitions.json";

    private const string Picture = "step0.camera.jpg";
    private const string Segmentation = "step0.camera.instance segmentation.png";
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private int frames;

    public void Append(ShardImage image, ImageLabels labels)
    {
        var sequence = $"sequence.{frames}";
        folder.Write($"{sequence}/{Picture}", image.Jpeg);
        folder.Write($"{sequence}/{Segmentation}", Colours(image, labels));
        Write($"{sequence}/{Frame}", new Dictionary<string, object?>
        {
            ["frame"] = frames,
            ["sequence"] = frames,
            ["step"] = 0,
            ["timestamp"] = 0.0,
            ["captures"] = new[] { Capture(labels) },
            ["metrics"] = new[] { Occlusion(labels) },
        });
        frames++;
    }

    public void Complete()
    {
        var labels = classes.Select((name, id) => new { label_id = id, label_name = name }).ToArray();
        Write("metadata.json", new
        {
            totalFrames = frames,
            totalSequences = frames,
            sensors = new[] { "camera" },
            metricCollectors = new[] { "occlusion" },
            annotators = new[]
            {
                new { name = "bounding box", type = BoxType }, new { name = "bounding box 3D", type = Box3DType },
                new { name = "instance segmentation", type = SegmentationType }, new { name = "keypoints", type = KeypointType },
            },
        });
        Write("sensor_definitions.json", new { sensorDefinitions = new[] { Header(CameraType, "camera", "The shelf's camera", ("modality", "camera"), ("firstCaptureFrame", 0), ("captureTriggerMode", "Scheduled")) } });
        Write("metric_definitions.json", new { metricDefinitions = new[] { Header(OcclusionType, "occlusion", "Visible shares of instances") } });
        Write(Definitions, new
        {
            annotationDefinitions = new[]
            {
                Header(BoxType, "bounding box", "Tight boxes of visible pixels", ("spec", labels)),
                Header(Box3DType, "bounding box 3D", "Boxes in space before the camera", ("spec", labels)),
                Header(SegmentationType, "instance segmentation", "A colour an instance", ("spec", labels)),
                Header(KeypointType, "keypoints", "Corners of the boxes in space", ("template", Template())),
            },
        });
    }

    public void Dispose()
    {
    }

    private Dictionary<string, object?> Capture(ImageLabels labels)
    {
        var (camera, pose) = (labels.Camera, SoloAxes.OfCamera(labels.Camera.Pose));
        return Header(
            CameraType, "camera", "The shelf's camera",
            ("position", Numbers(pose.Translation)),
            ("rotation", Numbers(pose.Rotation)),
            ("velocity", new float[3]),
            ("acceleration", new float[3]),
            ("filename", Picture),
            ("imageFormat", "Jpg"),
            ("dimension", new[] { labels.Width, labels.Height }),
            ("projection", "Perspective"),
            ("matrix", new[] { 2 * camera.FocalX / labels.Width, 0, 1 - (2 * camera.CentreX / labels.Width), 0, 2 * camera.FocalY / labels.Height, (2 * camera.CentreY / labels.Height) - 1, 0, 0, -1 }),
            ("annotations", new[]
            {
                Annotation(BoxType, "bounding box", ("values", labels.Instances.Select(one => Named(one, ("origin", new[] { one.Box.X, one.Box.Y }), ("dimension", new[] { one.Box.Width, one.Box.Height }))))),
                Annotation(Box3DType, "bounding box 3D", ("values", labels.Instances.Select(InSpace))),
                Annotation(
                    SegmentationType, "instance segmentation",
                    ("imageFormat", "Png"), ("dimension", new[] { labels.Width, labels.Height }), ("filename", Segmentation),
                    ("instances", labels.Instances.Select(one => Named(one, ("color", new[] { one.Id & 0xFF, one.Id >> 8, 255, 255 }))))),
                Annotation(KeypointType, "keypoints", ("templateId", "corners"), ("values", labels.Instances.Select(Points))),
            }));
    }

    private Dictionary<string, object?> InSpace(Instance one)
    {
        var pose = SoloAxes.OfProduct(one.Pose);
        return Named(
            one, ("translation", Numbers(pose.Translation)), ("size", Numbers(one.Size)), ("rotation", Numbers(pose.Rotation)), ("velocity", new float[3]), ("acceleration", new float[3]));
    }

    private Dictionary<string, object?> Points(Instance one)
    {
        var half = one.Size / 2;
        return Named(one, ("pose", "unset"), ("keypoints", one.Corners.Select((corner, index) => new
        {
            index,
            location = new[] { corner.X, corner.Y },
            cameraCartesianLocation = Numbers(SoloAxes.OfPoint(
                Vector3.Transform(new Vector3(index % 4 is 1 or 2 ? half.X : -half.X, index % 4 < 2 ? half.Y : -half.Y, index < 4 ? half.Z : -half.Z), one.Pose.Rotation) + one.Pose.Translation)),
            state = corner.Visibility,
        })));
    }

    private Dictionary<string, object?> Named(Instance one, params (string, object?)[] rest) =>
        With(new() { ["instanceId"] = one.Id, ["labelId"] = one.ClassId, ["labelName"] = classes[one.ClassId] }, rest);

    private static Dictionary<string, object?> Occlusion(ImageLabels labels) => Header(
        OcclusionType, "occlusion", "Visible shares of instances", ("sensorId", "camera"), ("annotationId", null),
        ("values", labels.Instances.Select(one => new
        {
            instanceId = one.Id,
            percentVisible = one.Visibility * (1 - one.Truncation),
            percentInFrame = 1 - one.Truncation,
            visibilityInFrame = one.Visibility,
        })));

    private static object Template() => new
    {
        templateId = "corners",
        templateName = "Corners of the box in space",
        keypoints = CocoWriter.Corners.Select((label, index) => new { label, index }),
        skeleton = CocoWriter.Edges.Select(edge => new { joint1 = edge.From - 1, joint2 = edge.To - 1 }),
    };

    private static byte[] Colours(ShardImage image, ImageLabels labels)
    {
        var shown = labels.Instances.Select(one => one.Id).ToHashSet();
        var ids = image.Ids();
        var rgb = new byte[3 * ids.Length];
        for (var at = 0; at < ids.Length; at++)
        {
            if (shown.Contains(ids[at]))
            {
                (rgb[3 * at], rgb[(3 * at) + 1], rgb[(3 * at) + 2]) = ((byte)ids[at], (byte)(ids[at] >> 8), 255);
            }
        }

        return PngWriter.Rgb(labels.Width, labels.Height, rgb);
    }

    private static Dictionary<string, object?> Annotation(string type, string id, params (string, object?)[] rest) => Header(type, id, "", [("sensorId", "camera"), .. rest]);

    private static Dictionary<string, object?> Header(string type, string id, string description, params (string, object?)[] rest) =>
        With(new() { ["@type"] = type, ["id"] = id, ["description"] = description }, rest);

    private static Dictionary<string, object?> With(Dictionary<string, object?> members, (string Name, object? Value)[] rest)
    {
        foreach (var (name, value) in rest)
        {
            members[name] = value;
        }

        return members;
    }

    private static float[] Numbers(Vector3 vector) => [vector.X, vector.Y, vector.Z];

    private static float[] Numbers(Quaternion turn) => [turn.X, turn.Y, turn.Z, turn.W];

    private void Write(string name, object content) => folder.Write(name, JsonSerializer.SerializeToUtf8Bytes(content, Options));
}
