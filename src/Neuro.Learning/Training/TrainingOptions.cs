using System.Text.Json;
using System.Text.Json.Serialization;
using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Training;

/// <summary>How to train. Two runs with the same options, spec and data give the same model on the same kind of machine.</summary>
public sealed record TrainingOptions
{
    private static readonly JsonSerializerOptions Strict = new(NeuroJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Passes over the training part.</summary>
    /// <value>9</value>
    public int Epochs { get; init; } = 9;

    /// <summary>Samples a step.</summary>
    /// <value>32</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>The highest learning rate; <see cref="RangeTest"/> looks for one.</summary>
    /// <value>0.002</value>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>How the learning rate rises to its highest and falls.</summary>
    /// <value><see cref="Schedule.Cosine"/></value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Schedule Schedule { get; init; }

    /// <summary>Share of all steps in which the learning rate rises, but for <see cref="Schedule.OneCycle"/>.</summary>
    /// <value>0.06</value>
    public double WarmUp { get; init; } = 0.06;

    /// <value>0.02</value>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Share of the target that is spread over all classes (Szegedy et al. 2016).</summary>
    /// <value>0.05</value>
    public double LabelSmoothing { get; init; } = 0.05;

    /// <summary>The most that the norm of all gradients together may be (Pascanu et al. 2013); longer ones are shortened. 0 for no limit.</summary>
    /// <value>0</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double GradientClip { get; init; }

    /// <summary>How strongly rare classes count: a sample's loss is weighted by its class's count to the power of minus this, with mean 1. 0 for all
    /// alike, 1 for classes that weigh the same.</summary>
    /// <value>0</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double ClassBalance { get; init; }

    /// <summary>α of mix-up (Zhang et al. 2018): each sample is blended with another by a share drawn from Beta(α, α), and so are their losses. 0 for none.</summary>
    /// <value>0</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double MixUp { get; init; }

    /// <summary>How often a picture is made of four, 0 to 1 (Bochkovskiy et al. 2020, mosaic); of models that look at whole pictures.</summary>
    /// <value>none, which is 0.5</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Mosaic { get; init; }

    /// <summary>Decay a step of a moving average of the weights (Polyak and Juditsky 1992), which is then what is measured and kept; 0 for none. At
    /// step t at most (1 + t) / (10 + t), so that it does not remember the start.</summary>
    /// <value>0</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double WeightAverage { get; init; }

    /// <summary>Layers that stay as they are, by what their names begin with; their normalisation uses its running statistics.</summary>
    /// <value>none</value>
    public IReadOnlyList<string>? Frozen { get; init; }

    /// <summary>Epochs without a better one after which the run ends; it then leaves the best epoch's weights. 0 for never.</summary>
    /// <value>0</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Patience { get; init; }

    /// <summary>The run ends before an epoch that would, at the pace so far, take it beyond this, and then leaves the best epoch's weights; at least
    /// one epoch is done. Zero for no limit.</summary>
    /// <value>0</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan TimeLimit { get; init; }

    /// <summary>How many of the best epochs' weights are kept, beside the last.</summary>
    /// <value>1</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int KeepBest { get; init; } = 1;

    /// <value>0</value>
    public ulong Seed { get; init; }

    /// <summary>Threads that share each step's samples, 0 for one per core. The sums of another number of threads round otherwise.</summary>
    /// <value>0</value>
    public int Threads { get; init; }

    /// <value><see cref="Precision.Auto"/></value>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>What suits a task to begin with: whole pictures are fewer and larger than crops, so more passes over fewer at a time.</summary>
    public static TrainingOptions For(ModelTask task) => task switch
    {
        ModelTask.Classify => new(),
        ModelTask.Signal => new() { Epochs = 20, BatchSize = 8, LearningRate = 4e-3, LabelSmoothing = 0 },
        _ => new() { Epochs = 60, BatchSize = 8, LabelSmoothing = 0, GradientClip = 10 },
    };

    /// <summary>Reads options as JSON, as a run's <c>settings.json</c> has them; what is left out has its default.</summary>
    /// <exception cref="NeuroException"><c>training.settings_invalid</c></exception>
    public static TrainingOptions Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingOptions>(json, Strict) ?? throw new JsonException("null is not an object.");
        }
        catch (JsonException e)
        {
            throw new NeuroException("training.settings_invalid",
                $"The settings are not valid: {e.Message} Expected a JSON object such as {{\"epochs\":9,\"schedule\":\"oneCycle\"}}.");
        }
    }

    /// <summary>What of these choices makes the steps: not how many threads share one, when to stop, or what to keep. A run may go on with others of those.</summary>
    internal TrainingOptions OfSteps => this with { Threads = 0, Patience = 0, TimeLimit = default, KeepBest = 0 };
}

/// <summary>The learning rate over the steps of a run.</summary>
public enum Schedule
{
    /// <summary>Rises linearly over the warm-up, then falls to zero along half a cosine (Loshchilov and Hutter 2017).</summary>
    Cosine,

    /// <summary>Rises from 1/25 of the highest along half a cosine over 30 % of the steps, then falls along another to 1/250,000 (Smith and Topin
    /// 2018); momentum stays.</summary>
    OneCycle,

    /// <summary>Rises linearly over the warm-up, then stays.</summary>
    Constant,
}

/// <summary>What convolutions compute in; weights are fp32 always.</summary>
public enum Precision
{
    /// <summary>bfloat16 where the processor has instructions for it, else fp32.</summary>
    Auto,
    Float32,
    BFloat16,
}
