using Neuro.Learning.Detection;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using static TorchSharp.torch;

namespace Neuro.Learning.Dense;

/// <summary>Objects with boxes, and of a model of instances with pixels: the head's loss; measured by COCO's average precision.</summary>
internal sealed class ObjectDetection(ModelSpec spec, TrainingOptions options) : Objective
{
    private const ulong DrawPurpose = 0x616e63686f7273; // apart from what else is drawn for a step

    private readonly DetectionHead head = DetectionHead.Of(spec);

    public override PartLoss Loss(Network network, Tensor pixels, Batch batch, Pass pass) =>
        head.Loss(network, pixels, batch.Pictures!, pass, SplitMix.For(options.Seed, DrawPurpose, (ulong)pass.Step, (ulong)pass.Part).Next());

    public override Tally Measure() => new Found(head, spec.Task == ModelTask.Instances);

    /// <summary>What was found in each picture, in the order of the pictures.</summary>
    internal sealed class Found(DetectionHead head, bool masks) : Tally
    {
        private readonly SortedDictionary<int, DetectionSample> samples = [];

        public IReadOnlyCollection<DetectionSample> Samples => samples.Values;

        /// <summary>Average precision of masks first, where there are masks; of boxes; and the recall of 100 detections a picture.</summary>
        public override IReadOnlyList<(string Name, double Value)> Measures
        {
            get
            {
                var boxes = DetectionMetrics.Of(Samples);
                IReadOnlyList<(string, double)> ofBoxes = [("AP", boxes.AveragePrecision()), ("AP50", boxes.AveragePrecision(0.5)), ("AR100", boxes.AverageRecall())];
                if (!masks)
                {
                    return ofBoxes;
                }

                var pixels = DetectionMetrics.Of(Samples, new() { Masks = true });
                return [("mask AP", pixels.AveragePrecision()), ("mask AP50", pixels.AveragePrecision(0.5)), .. ofBoxes];
            }
        }

        public override void Add(Network network, Tensor pixels, Batch batch, bool bfloat16)
        {
            var found = head.Detect(network, pixels, bfloat16, DetectionHead.Measured);
            lock (samples)
            {
                for (var i = 0; i < found.Length; i++)
                {
                    samples[batch.First + i] = new(batch.Pictures![i].Labelled(masks), found[i]);
                }
            }
        }
    }
}
