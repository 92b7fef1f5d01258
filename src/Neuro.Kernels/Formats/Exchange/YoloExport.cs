using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary><c>data.yaml</c>, <c>images/</c> and <c>labels/</c> with a line an object: its class id and numbers as shares of the picture's width and height.</summary>
internal sealed class YoloExport(ExportFolder folder, IReadOnlyList<string> classes, Func<Instance, int, int, IEnumerable<double>> numbers) : IExport
{
    public const string Description = "data.yaml";
    public const string Pictures = "images";
    public const string Labels = "labels";

    // A JSON string is a YAML string; names keep their own letters.
    private static readonly JsonSerializerOptions Quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Append(ShardImage image, ImageLabels labels)
    {
        var name = ShardMember.ImageName(image.Index);
        folder.Write($"{Pictures}/{name}.jpg", image.Jpeg);
        var text = new StringBuilder();
        foreach (var one in labels.Instances)
        {
            text.Append(CultureInfo.InvariantCulture, $"{one.ClassId}");
            foreach (var number in numbers(one, labels.Width, labels.Height))
            {
                text.Append(CultureInfo.InvariantCulture, $" {number:R}");
            }

            text.Append('\n');
        }

        folder.Write($"{Labels}/{name}.txt", text.ToString());
    }

    public void Complete() => folder.Write(
        Description,
        $"train: {Pictures}\nval: {Pictures}\nnames:\n{string.Concat(classes.Select((name, id) => $"  {id}: {JsonSerializer.Serialize(name, Quoted)}\n"))}");

    public void Dispose()
    {
    }
}

/// <summary>The numbers of one object in each of YOLO's kinds.</summary>
internal static class YoloLine
{
    /// <summary>Centre, width, height of the visible box.</summary>
    public static IEnumerable<double> OfBox(Instance one, int width, int height) =>
        [(one.Box.X + (one.Box.Width / 2.0)) / width, (one.Box.Y + (one.Box.Height / 2.0)) / height, (double)one.Box.Width / width, (double)one.Box.Height / height];

    /// <summary>One polygon; parts and holes are joined by bridges.</summary>
    public static IEnumerable<double> OfPolygon(Instance one, int width, int height) =>
        MaskPolygons.OfWhole(one.Mask).SelectMany(point => (double[])[point.X / (double)width, point.Y / (double)height]);

    /// <summary>The four corners, moved onto the picture's rim where they lie outside: readers take others for damage.</summary>
    public static IEnumerable<double> OfOrientedBox(Instance one, int width, int height)
    {
        var box = one.OrientedBox;
        var (sin, cos) = Math.SinCos(box.Angle * Math.PI / 180);
        foreach (var (across, down) in ((int, int)[])[(-1, -1), (1, -1), (1, 1), (-1, 1)])
        {
            var (x, y) = (across * box.Width / 2.0, down * box.Height / 2.0);
            yield return Math.Clamp((box.CentreX + (x * cos) - (y * sin)) / width, 0, 1);
            yield return Math.Clamp((box.CentreY + (x * sin) + (y * cos)) / height, 0, 1);
        }
    }
}
