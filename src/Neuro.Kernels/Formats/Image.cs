namespace Neuro.Kernels.Formats;

/// <summary>A picture in memory: RGB8 interleaved, row-major from the top left, <c>3 · Width · Height</c> bytes.</summary>
public sealed record Image(int Width, int Height, byte[] Rgb);
