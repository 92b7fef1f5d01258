namespace Neuro.Learning.Specs;

/// <summary>The shape of one sample between two layers: <c>[C, H, W]</c>, or <c>[C]</c> once flattened. The batch dimension is left out.</summary>
public readonly record struct TensorShape(int Channels, int Height, int Width, bool IsFlat = false)
{
    /// <summary>A flat shape of <paramref name="features"/> numbers.</summary>
    public static TensorShape Flat(int features) => new(features, 1, 1, IsFlat: true);

    /// <summary>Numbers in one sample.</summary>
    public long Count => (long)Channels * Height * Width;

    public override string ToString() => IsFlat ? $"[{Channels}]" : $"[{Channels}, {Height}, {Width}]";
}
