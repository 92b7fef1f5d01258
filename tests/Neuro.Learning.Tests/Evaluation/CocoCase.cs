using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neuro.Kernels.Labels;
using Neuro.Learning.Detection;
using Neuro.Learning.Evaluation;

namespace Neuro.Learning.Tests.Evaluation;

/// <summary>Pictures, labels and detections in the form that <c>Coco/reference.py</c> reads and writes.</summary>
internal sealed record CocoCase(bool Masks, bool ClassAgnostic, int[] MaxDetections, int Images, int Width, int Height, CocoCase.Item[] Labelled,
    CocoCase.Item[] Detected, CocoCase.Figures? Expected = null)
{
    internal sealed record Item(int Image, int Class, double[] Box, double? Area = null, int? Crowd = null, double? Score = null, int[]? Mask = null);

    internal sealed record Figures(double[] Precision, double[] Recall);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static string Folder => Path.Combine(Repository.Root, "tests", "Neuro.Learning.Tests", "Evaluation", "Coco");

    public DetectionProtocol Protocol => new() { Masks = Masks, ClassAgnostic = ClassAgnostic, MaxDetections = MaxDetections };

    public IEnumerable<DetectionSample> Samples => Enumerable.Range(0, Images).Select(image => new DetectionSample(
        [.. Labelled.Where(one => one.Image == image)
            .Select(one => new LabelledObject(one.Class, BoxOf(one), one.Area ?? MaskOf(one)?.Area ?? BoxOf(one).Area, one.Crowd == 1, MaskOf(one)))],
        [.. Detected.Where(one => one.Image == image).Select(one => new DetectedObject(one.Class, one.Score!.Value, BoxOf(one), MaskOf(one)))]));

    public static CocoCase Read(string name) => JsonSerializer.Deserialize<CocoCase>(File.ReadAllText(Path.Combine(Folder, name + ".json")), Options)!;

    /// <summary>What pycocotools says now.</summary>
    public Figures Ask() =>
        JsonSerializer.Deserialize<Figures>(Python([Path.Combine(Folder, "reference.py"), "score"], JsonSerializer.Serialize(this, Options)).Output, Options)!;

    public static bool PycocotoolsIsAtHand()
    {
        try
        {
            return Python(["-c", "import pycocotools.cocoeval"], "").ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Compares every figure: thresholds, classes, areas, limits.</summary>
    public void ShouldBe(Figures expected)
    {
        var metrics = DetectionMetrics.Of(Samples, Protocol);
        var (at, limits) = (0, MaxDetections.Length);
        foreach (var iou in metrics.Protocol.IouThresholds)
        {
            foreach (var classId in metrics.Classes)
            {
                foreach (var area in metrics.Protocol.Areas)
                {
                    foreach (var limit in MaxDetections)
                    {
                        var where = $"IoU {iou:f2}, class {classId}, area {area.Name}, limit {limit}";
                        Or(metrics.AveragePrecision(iou, area.Name, limit, classId)).ShouldBe(expected.Precision[at], 1e-6, where);
                        Or(metrics.AverageRecall(iou, area.Name, limit, classId)).ShouldBe(expected.Recall[at], 1e-6, where);
                        at++;
                    }
                }
            }
        }

        at.ShouldBe(expected.Precision.Length);
        limits.ShouldBeGreaterThan(0);
        Or(metrics.AveragePrecision())
            .ShouldBe(Or(expected.Precision.Where((value, i) => value >= 0 && i / limits % 4 == 0 && i % limits == limits - 1).DefaultIfEmpty(double.NaN).Average()),
                1e-6);
    }

    private static double Or(double value) => double.IsNaN(value) ? -1 : value;

    private static Box BoxOf(Item one) => new(one.Box[0], one.Box[1], one.Box[2], one.Box[3]);

    private RunLength? MaskOf(Item one) => one.Mask is null ? null : RunLength.FromCounts(Width, Height, one.Mask);

    private static (int ExitCode, string Output) Python(string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var written = Task.Run(() =>
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        });
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        written.Wait();
        return process.ExitCode == 0 || input.Length == 0 ? (process.ExitCode, output) : throw new InvalidOperationException(errors.Result);
    }
}
