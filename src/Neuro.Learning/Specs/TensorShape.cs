namespace Neuro.Learning.Specs;

/// <summary>The shape of one sample between two layers: <c>[C, H, W]</c>, or <c>[C]</c> once flattened. The batch dimension is left out.</summary>
/// <param name="Regions">0 for the sample as a whole; otherwise the shape is that of one region, and a sample has up to so many.</param>
public readonly record struct TensorShape(int Channels, int Height, int Width, bool IsFlat = false, int Regions = 0)
{
    /// <summary>A flat shape of <paramref name="features"/> numbers.</summary>
    public static TensorShape Flat(int features) => new(features, 1, 1, IsFlat: true);

    /// <summary>Numbers in one sample, or in one region of it.</summary>
    public long Count => (long)Channels * Height * Width;

    public bool IsPerRegion => Regions > 0;

    public override string ToString() => (IsPerRegion ? "[R, " : "[") + (IsFlat ? $"{Channels}]" : $"{Channels}, {Height}, {Width}]");
}
