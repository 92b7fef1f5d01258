namespace Neuro.Learning.Compression;

/// <summary>The numbers that a value may take, in 256 equal steps of which one is zero.</summary>
internal readonly record struct ActivationRange
{
    private const int Steps = byte.MaxValue;

    /// <param name="low">The least; 0 where it is above.</param>
    /// <param name="high">The largest; 0 where it is below.</param>
    public ActivationRange(float low, float high)
    {
        var width = Math.Max(0, high) - Math.Min(0, low);
        Scale = width > 0 ? width / Steps : 1;
        ZeroPoint = (byte)Math.Clamp(MathF.Round(-Math.Min(0, low) / Scale), 0, Steps);
    }

    /// <summary>The width of a step.</summary>
    public float Scale { get; }

    /// <summary>The step that is zero: padding and what ReLU cuts are exact.</summary>
    public byte ZeroPoint { get; }
}
