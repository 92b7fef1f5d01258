using Neuro.Client.Api;

namespace Neuro.Learning.Specs;

/// <summary>What a model is for; it says which outputs it has and their shapes.</summary>
public enum ModelTask
{
    /// <summary><c>logits</c> <c>[classes]</c>: one score a class.</summary>
    Classify,

    /// <summary>
    /// Boxes and their classes. On a grid: <c>class.k</c> <c>[A·classes, H, W]</c>, <c>box.k</c> <c>[A·4, H, W]</c> and, where there is one, <c>objectness.k</c> <c>[A, H, W]</c> for each scale k = 0, 1, …
    /// By regions: <c>regions</c> <c>[R, 4]</c>, <c>class</c> <c>[R, classes]</c>, <c>box</c> <c>[R, 4·classes]</c>, with <c>objectness.k</c> and <c>anchor.k</c> of what proposed them.
    /// </summary>
    Detect,

    /// <summary><c>logits</c> <c>[classes, H, W]</c> at the size of the picture: one score a class and pixel.</summary>
    Segment,

    /// <summary>As <see cref="Detect"/> by regions, and <c>mask</c> <c>[R, classes, m, m]</c> of <c>detections</c> <c>[R, 4]</c>.</summary>
    Instances,

    /// <summary><c>logits</c> <c>[classes, 1, T]</c>: one score a class and step of a signal <c>[C, 1, T]</c>.</summary>
    Signal,
}

/// <summary>Holds the outputs of a spec against what its task asks for.</summary>
internal static class TaskOutputs
{
    public const string Logits = "logits";

    public static void Check(ModelSpec spec, IReadOnlyDictionary<string, string> outputs, IReadOnlyDictionary<string, TensorShape> shapes)
    {
        var left = new Dictionary<string, string>(outputs);
        switch (spec.Task)
        {
            case ModelTask.Classify:
                Expect(Logits, TensorShape.Flat(spec.Classes), $"[{spec.Classes}], one score per class");
                break;
            case ModelTask.Segment:
                Expect(Logits, new(spec.Classes, spec.Input[1], spec.Input[2]), $"[{spec.Classes}, {spec.Input[1]}, {spec.Input[2]}], one score per class and pixel");
                break;
            case ModelTask.Signal:
                Expect(Logits, new(spec.Classes, 1, spec.Input[2]), $"[{spec.Classes}, 1, {spec.Input[2]}], one score per class and step");
                break;
            case ModelTask.Detect when !outputs.ContainsKey("regions"):
                CheckGrids();
                break;
            default:
                CheckRegions();
                break;
        }

        if (left.Count > 0)
        {
            throw Wrong("model.invalid", $"output '{left.Keys.First()}' is none of the task {spec.Task.Name()}");
        }

        void CheckGrids()
        {
            for (var k = 0; k == 0 || left.Count > 0; k++)
            {
                var scores = Shape($"class.{k}");
                var anchors = scores.Channels / spec.Classes;
                Expect($"class.{k}", scores with { Channels = Math.Max(1, anchors) * spec.Classes }, $"a multiple of {spec.Classes} channels, one score per class and anchor");
                Expect($"box.{k}", scores with { Channels = 4 * anchors }, $"[{4 * anchors}, {scores.Height}, {scores.Width}], four numbers per anchor");
                if (left.ContainsKey($"objectness.{k}"))
                {
                    Expect($"objectness.{k}", scores with { Channels = anchors }, $"[{anchors}, {scores.Height}, {scores.Width}], one number per anchor");
                }
            }
        }

        void CheckRegions()
        {
            var regions = Shape("regions").Regions;
            Expect("regions", TensorShape.Flat(4) with { Regions = Math.Max(1, regions) }, "[R, 4], what a proposals layer gives");
            Expect("class", TensorShape.Flat(spec.Classes) with { Regions = regions }, $"[R, {spec.Classes}], one score per region and class");
            Expect("box", TensorShape.Flat(4 * spec.Classes) with { Regions = regions }, $"[R, {4 * spec.Classes}], four numbers per region and class");
            if (spec.Task == ModelTask.Instances)
            {
                var mask = Shape("mask");
                Expect("detections", TensorShape.Flat(4) with { Regions = Math.Max(1, mask.Regions) }, "[R, 4], what a detections layer gives");
                Expect("mask", mask with { Channels = spec.Classes, IsFlat = false, Regions = Math.Max(1, mask.Regions) }, $"[R, {spec.Classes}, m, m], one mask per detection and class");
            }

            for (var k = 0; left.ContainsKey($"objectness.{k}"); k++)
            {
                var score = Shape($"objectness.{k}");
                Expect($"objectness.{k}", score with { IsFlat = false, Regions = 0 }, "[A, H, W], one number per anchor");
                var codes = (int)Math.Min(4L * score.Channels, int.MaxValue);
                Expect($"anchor.{k}", score with { Channels = codes }, $"[{codes}, {score.Height}, {score.Width}], four numbers per anchor");
            }
        }

        TensorShape Shape(string output) => shapes[Layer(output)];

        string Layer(string output) => outputs.TryGetValue(output, out var layer)
            ? layer
            : throw Wrong("model.invalid", $"the task {spec.Task.Name()} asks for an output '{output}', which is not there; the outputs are {string.Join(", ", outputs.Keys.Take(20))}");

        void Expect(string output, TensorShape shape, string expected)
        {
            var found = Shape(output);
            left.Remove(output);
            if (found != shape)
            {
                throw Wrong("model.shape_mismatch", $"layer '{Layer(output)}' is the output '{output}' and gives {found}; expected {expected}");
            }
        }
    }

    public static string Name(this ModelTask task) => task.ToString().ToLowerInvariant();

    private static NeuroException Wrong(string code, string what) => new(code, $"The model spec is not valid: {what}.");
}
