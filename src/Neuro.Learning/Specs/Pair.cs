namespace Neuro.Learning.Specs;

/// <summary>A number for each side of a picture; a single number stands for both.</summary>
public readonly record struct Pair(int Height, int Width)
{
    public bool IsSquare => Height == Width;

    public static implicit operator Pair(int both) => new(both, both);

    public override string ToString() => IsSquare ? $"{Height}" : $"[{Height}, {Width}]";
}
