namespace Neuro.Learning.Training;

/// <summary>How to train. Two runs with the same options, spec and data give the same model on the same kind of machine.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training part.</summary>
    /// <value>9</value>
    public int Epochs { get; init; } = 9;

    /// <summary>Samples a step.</summary>
    /// <value>32</value>
    public int BatchSize { get; init; } = 32;

    /// <summary>The highest learning rate, reached after the warm-up; it then falls to zero along a cosine (Loshchilov and Hutter 2017).</summary>
    /// <value>0.002</value>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Share of all steps in which the learning rate rises.</summary>
    /// <value>0.06</value>
    public double WarmUp { get; init; } = 0.06;

    /// <value>0.02</value>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Share of the target that is spread over all classes (Szegedy et al. 2016).</summary>
    /// <value>0.05</value>
    public double LabelSmoothing { get; init; } = 0.05;

    /// <value>0</value>
    public ulong Seed { get; init; }

    /// <summary>Threads that share each step's samples, 0 for one per core. The sums of another number of threads round otherwise.</summary>
    /// <value>0</value>
    public int Threads { get; init; }

    /// <value><see cref="Precision.Auto"/></value>
    public Precision Precision { get; init; } = Precision.Auto;
}

/// <summary>What convolutions compute in; weights are fp32 always.</summary>
public enum Precision
{
    /// <summary>bfloat16 where the processor has instructions for it, else fp32.</summary>
    Auto,
    Float32,
    BFloat16,
}
