using Neuro.Learning.Dense;
using Neuro.Learning.Detection;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Learning.Tests.Dense;

/// <summary>Drawn pictures: blue boxes and red discs before grey noise.</summary>
internal static class Drawn
{
    public const int Size = 64;

    public static readonly string[] Classes = ["box", "disc"];

    private static readonly (byte R, byte G, byte B)[] Colours = [(40, 60, 200), (210, 50, 40)];

    /// <summary>A model of the zoo for these pictures.</summary>
    public static ModelSpec Spec(string name)
    {
        var spec = Neuro.Learning.Zoo.Zoo.Models[name].Build(Classes.Length, Size);
        return spec.HasBackground ? Neuro.Learning.Zoo.Zoo.Models[name].Build(Classes.Length + 1, Size) : spec;
    }

    public static PictureSet Set(int count, int seed = 1) =>
        new([.. Enumerable.Range(0, count).Select(number => Picture(number, new Random(seed + number)))], Classes, Size, 1);

    /// <summary>Two or three things of 14 to 28 pixels, apart from each other.</summary>
    public static LabelledPicture Picture(int number, Random random)
    {
        var side = PictureSet.StoredSide(Size);
        var (rgb, ids, objects) = (new byte[side * side * 3], new ushort[side * side], new List<PictureObject>());
        for (var i = 0; i < side * side; i++)
        {
            rgb.AsSpan(3 * i, 3).Fill((byte)random.Next(90, 170));
        }

        for (var tries = 0; tries < 20 && objects.Count < 3; tries++)
        {
            var (width, height) = (random.Next(14, 28), random.Next(14, 28));
            var (left, top, classId) = (random.Next(side - width), random.Next(side - height), random.Next(2));
            if (objects.All(other => other.Box.Iou(new(left, top, width, height)) == 0))
            {
                objects.Add(new(classId, new(left, top, width, height)));
                Put(rgb, ids, side, left, top, width, height, classId, (ushort)objects.Count);
            }
        }

        return new(rgb, new(side, objects, ids), number);
    }

    /// <summary>What a trained folder measures on the pictures that it learnt from, by name.</summary>
    public static IReadOnlyDictionary<string, double> Measured(TrainedModel model, PictureSet data)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new Network(model.Spec, WeightsOf(model));
        var tally = Objective.For(model.Spec, data, new()).Measure();
        foreach (var batch in data.Plain(data.Training))
        {
            tally.Add(network, tensor(batch.Pixels, [batch.Count, data.Size, data.Size, 3]), batch, bfloat16: false);
        }

        return tally.Measures.ToDictionary(one => one.Name, one => one.Value);
    }

    private static IReadOnlyDictionary<string, TensorValues> WeightsOf(TrainedModel model) => Safetensors.Read(Path.Combine(model.Folder, "model.safetensors")).Tensors;

    private static void Put(byte[] rgb, ushort[] ids, int side, int left, int top, int width, int height, int classId, ushort id)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (u, v) = ((2 * (x + 0.5) / width) - 1, (2 * (y + 0.5) / height) - 1);
                if (classId == 0 || (u * u) + (v * v) <= 1)
                {
                    var at = ((top + y) * side) + left + x;
                    (rgb[3 * at], rgb[(3 * at) + 1], rgb[(3 * at) + 2], ids[at]) = (Colours[classId].R, Colours[classId].G, Colours[classId].B, id);
                }
            }
        }
    }
}
