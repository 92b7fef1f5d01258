using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Neuro.Learning.Detection;
using Neuro.Learning.Evaluation;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>metrics</c>: average precision of a whole test set on one core, beside pycocotools on the same one where that is at hand.</summary>
internal static class MetricsBenchmark
{
    private const int Classes = 80;
    private const int LabelsPerImage = 8;
    private const int DetectionsPerImage = 100;
    private const int Side = 640;

    public static int Run(string[] args)
    {
        var images = args switch
        {
            [] => 5000,
            ["--images", var value] when int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 100_000 => count,
            _ => 0,
        };
        if (images == 0)
        {
            Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood. Usage: metrics [--images 5000]");
            return 2;
        }

        var random = new Random(1);
        DetectionSample[] samples = [.. Enumerable.Range(0, images).Select(_ => Sample(random))];
        DetectionMetrics.Of(samples.Take(100));
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var metrics = DetectionMetrics.Of(samples);
        var seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        var peer = Pycocotools(samples);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"metrics images={images} detections={images * DetectionsPerImage} ap={metrics.AveragePrecision():0.000000} "
            + $"cpu_s={seconds:0.00} pycocotools_cpu_s={peer.Seconds:0.00} pycocotools_overlaps_cpu_s={peer.Overlaps:0.00}"));
        return 0;
    }

    private static DetectionSample Sample(Random random)
    {
        Box Place() => new(random.Next(Side / 2), random.Next(Side / 2), 8 + random.Next(Side / 2), 8 + random.Next(Side / 2));
        LabelledObject[] labelled = [.. Enumerable.Range(0, LabelsPerImage).Select(_ => Place()).Select(box => new LabelledObject(random.Next(Classes), box, box.Area))];
        return new(labelled, [.. Enumerable.Range(0, DetectionsPerImage).Select(i =>
        {
            var near = labelled[i % LabelsPerImage];
            return i < 3 * LabelsPerImage
                ? new DetectedObject(near.ClassId, random.NextDouble(),
                    near.Box with { X = near.Box.X + random.Next(-12, 13), Width = near.Box.Width * (0.8 + 0.4 * random.NextDouble()) })
                : new DetectedObject(random.Next(Classes), random.NextDouble() * random.NextDouble(), Place());
        })]);
    }

    /// <summary>Processor seconds of pycocotools, whole and for overlaps alone; NaN where it is not at hand.</summary>
    private static (double Seconds, double Overlaps) Pycocotools(DetectionSample[] samples)
    {
        var script = Path.Combine(Root.Folder, "tests", "Neuro.Learning.Tests", "Evaluation", "Coco", "reference.py");
        using var process = Process.Start(new ProcessStartInfo("python3", [script, "time"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            JsonSerializer.Serialize(process.StandardInput.BaseStream, new
            {
                masks = false,
                classAgnostic = false,
                maxDetections = new[] { 1, 10, 100 },
                images = samples.Length,
                width = Side,
                height = Side,
                labelled = samples.SelectMany((sample, image) => sample.Labelled.Select(one => new { image, @class = one.ClassId, box = Numbers(one.Box) })),
                detected = samples.SelectMany((sample, image) =>
                    sample.Detected.Select(one => new { image, @class = one.ClassId, score = one.Score, box = Numbers(one.Box) })),
            });
            process.StandardInput.Close();
            var said = JsonDocument.Parse(process.StandardOutput.ReadToEnd()).RootElement;
            return (said.GetProperty("seconds").GetDouble(), said.GetProperty("overlaps").GetDouble());
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return (double.NaN, double.NaN);
        }
        finally
        {
            process.WaitForExit();
        }
    }

    private static double[] Numbers(Box box) => [box.X, box.Y, box.Width, box.Height];
}
