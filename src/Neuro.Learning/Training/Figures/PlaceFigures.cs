using Neuro.Kernels.Formats;
using Neuro.Learning.Dense;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Specs;
using TorchSharp;
using static Neuro.Learning.Training.Figures.FigureFolder;
using static TorchSharp.torch;

namespace Neuro.Learning.Training.Figures;

/// <summary>A finished segmenter, or model of signals, on what was held back.</summary>
internal static class PlaceFigures
{
    private const int PicturesShown = 12;
    private const int StepsShown = 256;

    /// <summary>A signal's first steps as a curve.</summary>
    public static Curve Signal(string name, IEnumerable<byte> codes)
    {
        double[] shown = [.. codes.Take(StepsShown).Select(code => (double)code)];
        return new(name, [.. Enumerable.Range(0, shown.Length).Select(step => (double)step)], shown);
    }

    public static void Write(FigureFolder files, Network network, ModelSpec spec, TrainingData data, TrainingOptions options)
    {
        var places = new PlaceClassification.Places(new(spec, options), spec);
        var shown = new List<(Image Labels, Image Predicted, string Caption)>();
        var first = true;
        foreach (var batch in data.Validation())
        {
            using var scope = NewDisposeScope();
            var pixels = tensor(batch.Pixels, [batch.Count, spec.Input[1], spec.Input[2], spec.Input[0]], device: Runtime.TorchRuntime.Device);
            places.Add(network, pixels, batch, bfloat16: false);
            var predicted = network.Outputs(pixels, bfloat16: false)[TaskOutputs.Logits].argmax(1).to(ScalarType.Byte).cpu().contiguous().data<byte>().ToArray();
            if (spec.Task == ModelTask.Signal && first)
            {
                files.Write("predictions.svg", LineFigure.Draw("A held-back signal and what was expected of it", "step", "µ-law code",
                    [Signal("signal", batch.Sample(0).ToArray().Skip(1)), Signal("expected", predicted)]));
            }

            first = false;
            for (var i = 0; spec.Task == ModelTask.Segment && i < batch.Count && shown.Count < PicturesShown; i++)
            {
                var (picture, plane) = (new Image(data.Size, data.Size, batch.Sample(i).ToArray()), predicted.AsSpan(i * data.Size * data.Size, data.Size * data.Size).ToArray());
                var actual = batch.Pictures![i].Classes();
                var right = actual.Where((one, at) => one == plane[at]).Count() / (double)actual.Length;
                shown.Add((Paint.Classes(picture, at => (int)actual[at]), Paint.Classes(picture, at => plane[at]), Line($"{right:0.0 %} of pixels right")));
            }
        }

        if (spec.Task == ModelTask.Segment)
        {
            IReadOnlyList<string> names = [ModelSpec.Background, .. data.ClassNames];
            var matrix = places.Confusion;
            files.Confusion(matrix, names, "pixels");
            files.Table("classes.csv", "class_id,name,iou,precision,recall", Enumerable.Range(0, matrix.Classes).Select(id =>
                Line($"{id},{Csv.Quoted(names[id])},{matrix.Iou[id]:R},{matrix.Precision[id]:R},{matrix.Recall[id]:R}")));
            files.Write("predictions.svg", PictureFigure.Pairs("Held-back pictures: labels, and what each pixel was taken for", shown));
        }
    }
}
