using Neuro.Kernels.Formats;
using Neuro.Learning.Dense;
using Neuro.Learning.Detection;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Specs;
using TorchSharp;
using static Neuro.Learning.Training.Figures.FigureFolder;
using static TorchSharp.torch;

namespace Neuro.Learning.Training.Figures;

/// <summary>A finished detector on the pictures held back: average precision of each class, curves by confidence, and what was found beside the labels.</summary>
internal static class DetectorFigures
{
    private const int PicturesShown = 12;

    public static void Write(FigureFolder files, Network network, ModelSpec spec, TrainingData data)
    {
        var (masks, pictures) = (spec.Task == ModelTask.Instances, new List<(Image Picture, PictureLabels Labels)>());
        var found = new ObjectDetection.Found(DetectionHead.Of(spec), masks);
        foreach (var batch in data.Validation())
        {
            using var scope = NewDisposeScope();
            found.Add(network, tensor(batch.Pixels, [batch.Count, data.Size, data.Size, 3], device: Runtime.TorchRuntime.Device), batch, bfloat16: false);
            pictures.AddRange(batch.Pictures!.Select((labels, i) => (new Image(data.Size, data.Size, batch.Sample(i).ToArray()), labels)));
        }

        var metrics = DetectionMetrics.Of(found.Samples, new() { Masks = masks });
        files.Table("classes.csv", "class_id,name,ap,ap50,ar100,best_threshold", metrics.Classes.Select(id => Line(
            $"{id},{Csv.Quoted(data.ClassNames[id])},{metrics.AveragePrecision(classId: id):R},{metrics.AveragePrecision(0.5, classId: id):R},{metrics.AverageRecall(classId: id):R},{metrics.Confidence(id).BestThreshold:R}")));
        files.Table("metrics.csv", "name,value", metrics.Summary.Select(one => Line($"{one.Name},{one.Value:R}")));
        files.Confidence(metrics.Classes.Select(metrics.Confidence));

        var threshold = metrics.Classes.ToDictionary(id => id, id => metrics.Confidence(id).BestThreshold);
        var shown = pictures.Zip(found.Samples).Take(PicturesShown).Select(one =>
        {
            var believed = one.Second.Detected.Where(object_ => object_.Score >= threshold.GetValueOrDefault(object_.ClassId, 0.5)).ToList();
            return (Paint.Labels(one.First.Picture, one.First.Labels), Predicted(one.First.Picture, believed), Line($"{one.First.Labels.ClassIds.Length} labelled, {believed.Count} found"));
        });
        files.Write("predictions.svg", PictureFigure.Pairs("Held-back pictures: labels, and what was found with the confidence of the best F1", [.. shown]));
    }

    private static Image Predicted(Image picture, IReadOnlyList<DetectedObject> believed)
    {
        var classes = new int[picture.Width * picture.Height];
        foreach (var one in believed.Where(one => one.Mask is not null).OrderBy(one => one.Score))
        {
            foreach (var (i, inside) in one.Mask!.Decode().Index())
            {
                classes[i] = inside ? one.ClassId + 1 : classes[i];
            }
        }

        return Paint.Boxes(Paint.Classes(picture, i => classes[i]), believed.Select(one => (one.ClassId, one.Box)));
    }
}
