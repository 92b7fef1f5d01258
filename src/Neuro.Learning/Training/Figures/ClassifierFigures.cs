using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using static Neuro.Learning.Training.Figures.FigureFolder;

namespace Neuro.Learning.Training.Figures;

/// <summary>A finished classifier on the crops held back: confusion, precision, recall and F1, and predictions beside labels.</summary>
internal static class ClassifierFigures
{
    private const int PredictionsShown = 36;

    public static void Write(FigureFolder files, Classifier model, CropData data)
    {
        var (metrics, predictions) = (new ClassificationMetrics(data.Classes), new List<Prediction>());
        foreach (var (crop, pixels, probabilities) in HeldOut.Predictions(model, data))
        {
            metrics.Add(probabilities, crop.ClassId);
            var best = Array.IndexOf(probabilities, probabilities.Max());
            predictions.Add(new(new Image(data.Size, data.Size, pixels), data.ClassNames[crop.ClassId], data.ClassNames[best], probabilities[best]));
        }

        files.Confusion(metrics.Confusion, data.ClassNames, "samples");
        var (matrix, curves) = (metrics.Confusion, Enumerable.Range(0, data.Classes).Select(metrics.Confidence).ToList());
        files.Table("classes.csv", "class_id,name,precision,recall,f1,best_threshold", Enumerable.Range(0, data.Classes).Select(id => Line(
            $"{id},{Csv.Quoted(data.ClassNames[id])},{matrix.Precision[id]:R},{matrix.Recall[id]:R},{matrix.F1[id]:R},{curves[id].BestThreshold:R}")));
        files.Confidence(curves);
        var shown = predictions.OrderBy(one => one.IsRight).ThenByDescending(one => one.Confidence).Take(PredictionsShown).ToList();
        files.Write("predictions.svg", PictureFigure.Predictions("Held-back samples, the most confident mistakes first", shown));
    }
}
