using Neuro.Kernels.Formats;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

/// <summary>Generated products: each class is a picture of two halves in colours of its own on grey noise.</summary>
internal static class Pictures
{
    public const int Size = 32;

    public static readonly string[] Classes = ["red over blue", "green over white", "blue over red"];

    private static readonly (byte R, byte G, byte B)[][] Halves = [[(210, 40, 40), (40, 40, 200)], [(40, 180, 60), (230, 230, 230)], [(40, 40, 200), (210, 40, 40)]];

    public static ModelSpec Spec { get; } = Neuro.Learning.Zoo.Zoo.SmallCnn(Classes.Length, Size, [8, 16, 16, 16]);

    /// <summary>Crops of all classes in turn, four to a picture.</summary>
    public static CropSet Crops(int count, ulong seed = 1, int pictures = 4)
    {
        var side = CropSet.StoredSide(Size);
        var random = new Random((int)seed);
        return new([.. Enumerable.Range(0, count).Select(i => new Crop(Rgba(i % Classes.Length, side, random), i % Classes.Length, i / pictures))], Classes, Size, seed);
    }

    public static Image Photo(int classId, int seed)
    {
        const int Side = 48;
        var rgba = Rgba(classId, Side, new Random(seed));
        return new(Side, Side, [.. rgba.Chunk(4).SelectMany(pixel => pixel[..3])]);
    }

    private static byte[] Rgba(int classId, int side, Random random)
    {
        var pixels = new byte[side * side * 4];
        for (var i = 0; i < side * side; i++)
        {
            var (x, y) = (i % side, i / side);
            var product = x >= side / 4 && x < side * 3 / 4 && y >= side / 4 && y < side * 3 / 4;
            var grey = (byte)random.Next(60, 180);
            var (r, g, b) = product ? Halves[classId][y < side / 2 ? 0 : 1] : (grey, grey, grey);
            (pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2], pixels[4 * i + 3]) = (r, g, b, product ? byte.MaxValue : (byte)0);
        }

        return pixels;
    }
}
