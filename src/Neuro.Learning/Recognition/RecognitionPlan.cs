using Neuro.Client.Api;
using Neuro.Kernels.Recipes;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Recognition;

/// <param name="Size">Side in pixels of what the network sees.</param>
/// <param name="LearningRate">The highest; it falls to zero at the end of the stage.</param>
public sealed record RecognitionStage(int Size, int Epochs, double LearningRate);

/// <summary>How long a recogniser learns, and from what.</summary>
public sealed record RecognitionPlan
{
    /// <summary>For an hour of two cores at the most.</summary>
    public static RecognitionPlan Quick { get; } = new() { Name = "quick", Stages = [new(80, 10, 2e-3), new(128, 12, 2e-3), new(160, 14, 1.5e-3)] };

    /// <summary>For four hours of two cores at the most.</summary>
    public static RecognitionPlan Best { get; } = new() { Name = "best", Stages = [new(80, 20, 2e-3), new(128, 24, 2e-3), new(160, 24, 1.5e-3)] };

    /// <summary>Some minutes of two cores: enough to see what one thing in the pictures is worth, not how good it gets.</summary>
    public static RecognitionPlan Brief { get; } = new() { Name = "brief", Stages = [new(80, 8, 2e-3)] };

    public required string Name { get; init; }

    public required IReadOnlyList<RecognitionStage> Stages { get; init; }

    /// <value>8,192</value>
    public int SamplesPerEpoch { get; init; } = 8192;

    /// <value>32</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>How often a scene is drawn, on the average.</summary>
    /// <value>4</value>
    public double Reuse { get; init; } = 4;

    /// <summary>Scenes in memory.</summary>
    /// <value>3,000</value>
    public int Scenes { get; init; } = 3000;

    /// <summary>Rendered pictures from which a threshold is taken.</summary>
    /// <value>2,000</value>
    public int ThresholdScenes { get; init; } = 2000;

    /// <summary>Share of scenes, up to 1, in which one product is held; the others are shelves.</summary>
    /// <value>0.8</value>
    public double Handheld { get; init; } = 0.8;

    /// <summary>What the pictures are to lack.</summary>
    public Ablation? Without { get; init; }

    /// <exception cref="NeuroException"><c>bench.unknown_plan</c></exception>
    public static RecognitionPlan Of(string name) => new[] { Quick, Best }.FirstOrDefault(plan => plan.Name == name)
        ?? throw new NeuroException("bench.unknown_plan", $"There is no setting '{name}'; choose quick or best.");

    internal ModelSpec Network(int classes, int size) => Zoo.Zoo.Recogniser(classes, size);

    internal StreamOptions Stream(RecognitionStage stage) => new()
    {
        Window = Scenes,
        Start = Math.Min(Scenes, 300),
        ValidationScenes = Math.Min(300, Scenes / 10),
        Reuse = Reuse,
        SamplesPerEpoch = SamplesPerEpoch,
        Oversize = stage.Size < 100 ? 2.2 : 1.75,
        Limits = new() { Side = stage.Size / 2, Visibility = 0.4 },
        Vary = Without?.Varied ?? Variations.All,
    };

    /// <summary>What is rendered. Of the colours a part is left to augmentation, which draws them anew each time that a sample is seen.</summary>
    internal IReadOnlyList<(Recipe Recipe, double Share)> Mix(Catalogue catalogue, RecognitionStage stage)
    {
        var side = (int)Math.Ceiling(stage.Size * Stream(stage).Oversize);
        var colour = new ColourKnobs
        {
            Saturation = Distribution.Uniform(0.8, 1.2), Gamma = Distribution.Uniform(0.85, 1.15), Hue = Distribution.Normal(0, 2),
            ChannelGain = Distribution.Uniform(0.95, 1.05), Gain = Distribution.Uniform(0.92, 1.05),
        };
        var photo = new PhotoKnobs
        {
            Exposure = Distribution.Uniform(0.9, 1.15), Gamma = Distribution.Uniform(0.9, 1.15), BlueGain = Distribution.Uniform(0.8, 1.05), Noise = Distribution.Uniform(0, 3),
        };
        var held = HandheldRecipe.Default(catalogue);
        (Recipe Recipe, double Share)[] mix =
        [
            (held with
            {
                Width = side, Height = side, Colour = colour, Photo = photo,
                // As large as a stored crop has it: framing is drawn each time that it is seen.
                Hold = held.Hold with { Size = Distribution.Uniform(0.45, 0.55), Side = Distribution.Normal(0, 0.03), Height = Distribution.Normal(0, 0.03), Roll = Distribution.Normal(0, 9) },
            }, Handheld),
            (ShelfRecipe.Default(catalogue) with { Width = 480, Height = 480, Colour = colour, Photo = photo }, 1 - Handheld),
        ];
        return [.. mix.Where(part => part.Share > 0).Select(part => (Without?.Of(part.Recipe) ?? part.Recipe, part.Share))];
    }
}
