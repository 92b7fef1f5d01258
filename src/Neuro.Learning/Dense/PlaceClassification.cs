using Neuro.Learning.Evaluation;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neuro.Learning.Dense;

/// <summary>A class for every pixel of a picture, or every step of a signal: cross-entropy; measured by mIoU of pixels, or the share of steps named right.</summary>
internal sealed class PlaceClassification(ModelSpec spec, TrainingOptions options) : Objective
{
    /// <summary>The label of a place that is not learnt; libtorch's own.</summary>
    public const long Unlabelled = -100;

    public override PartLoss Loss(Network network, Tensor pixels, Batch batch, Pass pass)
    {
        var (logits, wanted) = (network.Outputs(pixels, pass.BFloat16, pass.Random)[TaskOutputs.Logits], Labels(batch));
        var labels = Placed(wanted, batch.Count, pixels.device);
        var right = logits.argmax(1).eq(labels).sum().item<long>();
        return new(F.cross_entropy(logits, labels, ignore_index: Unlabelled, label_smoothing: options.LabelSmoothing), right, wanted.Count(label => label != Unlabelled), []);
    }

    public override Tally Measure() => new Places(this, spec);

    private Tensor Placed(long[] labels, int count, Device device) => tensor(labels, [count, spec.Input[1], spec.Input[2]], device: device);

    private long[] Labels(Batch batch) => spec.Task == ModelTask.Signal ? batch.Labels : [.. batch.Pictures!.SelectMany(picture => picture.Classes())];

    internal sealed class Places(PlaceClassification objective, ModelSpec spec) : Tally
    {
        public ConfusionMatrix Confusion { get; } = new(spec.Classes);

        public override IReadOnlyList<(string Name, double Value)> Measures =>
            spec.Task == ModelTask.Signal ? [("accuracy", Confusion.Accuracy)] : [("mIoU", Confusion.MeanIou), ("pixel accuracy", Confusion.Accuracy)];

        public override void Add(Network network, Tensor pixels, Batch batch, bool bfloat16)
        {
            var predicted = Ids(network.Outputs(pixels, bfloat16)[TaskOutputs.Logits].argmax(1));
            int[] actual = [.. objective.Labels(batch).Select(label => (int)label)];
            lock (Confusion)
            {
                Confusion.AddPixels(actual, predicted, (int)Unlabelled);
            }
        }

        private static int[] Ids(Tensor places) => places.to(ScalarType.Int32).cpu().contiguous().data<int>().ToArray();
    }
}
