using System.Diagnostics;
using System.Globalization;
using Neuro.Kernels.Recipes;
using Neuro.Learning.LocalSgd;
using Neuro.Learning.Specs;
using Neuro.Learning.Zoo;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>drift</c>: how far the same inner steps of a training across nodes are apart on processors that round otherwise, as far as one processor can play others by leaving instructions out.</summary>
internal static class DriftBenchmark
{
    private const int Size = 32;
    private const int StepsPerSample = 20;

    private static readonly (string Name, (string Variable, string Value)[] Without)[] Processors =
    [
        ("again", []),
        ("avx2", [("ONEDNN_MAX_CPU_ISA", "AVX2"), ("MKL_ENABLE_INSTRUCTIONS", "AVX2"), ("ATEN_CPU_CAPABILITY", "avx2"), ("DOTNET_EnableAVX512", "0")]),
        ("sse", [("ONEDNN_MAX_CPU_ISA", "SSE41"), ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"), ("ATEN_CPU_CAPABILITY", "default"), ("DOTNET_EnableAVX", "0")]),
    ];

    public static int Run(string[] args)
    {
        if (args is ["--child", var file, var count, var taken])
        {
            Take(file, int.Parse(count, CultureInfo.InvariantCulture), int.Parse(taken, CultureInfo.InvariantCulture));
            return 0;
        }

        if ((args.Length > 0 && args is not ["--steps", _]) || !int.TryParse(args.ElementAtOrDefault(1) ?? "128", CultureInfo.InvariantCulture, out var steps) || steps is < 20 or > 10_000)
        {
            Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood. Usage: drift [--steps 128, of a part in a round, 20 to 10,000]");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("neuro-drift-").FullName;
        try
        {
            var here = InProcess(Path.Combine(folder, "here"), steps, []);
            var losses = here.Losses.ToList();
            var smooth = losses.Select((_, i) => losses.Skip(i - 8).Take(Math.Min(17, i + 9)).Average()).ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"drift made_up steps={steps} median={Median(WeightDelta.Apart(losses, smooth)):0.0e+0} echo={WeightDelta.Echo([.. losses], [.. smooth]):0.00} half_cosine={here.Cosine(InProcess(Path.Combine(folder, "half"), steps, [], steps / 2)):0.0000}"));
            foreach (var (name, without) in Processors)
            {
                var there = InProcess(Path.Combine(folder, name), steps, without);
                var apart = here.Apart(there);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"drift processor={name} steps={steps} first_losses={apart.Take((steps + StepsPerSample - 1) / StepsPerSample).Max():0.0e+0} all_losses={apart.Max():0.0e+0} median={Median(apart):0.0e+0} echo={here.Echo(there):0.00} cosine={here.Cosine(there):0.0000}"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static WeightDelta InProcess(string file, int steps, (string Variable, string Value)[] without, int? taken = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["drift", "--child", file, $"{steps}", $"{taken ?? steps}"]);
        foreach (var (variable, value) in without)
        {
            start.Environment[variable] = value;
        }

        using var child = Process.Start(start)!;
        child.WaitForExit();
        return child.ExitCode == 0 ? WeightDelta.Read(file, Spec, Plan(taken ?? steps), 0, 0) : throw new InvalidOperationException($"The steps ended with {child.ExitCode}.");
    }

    private static void Take(string file, int steps, int taken)
    {
        var plan = Plan(steps);
        using var scenes = InnerSteps.Scenes(Corner, ShelfRecipe.Default(Corner), Size, plan, 0, 0);
        InnerSteps.Run(Spec, scenes, plan, 0, 0, weights: null, taken).Write(file);
    }

    private static double Median(IReadOnlyList<double> apart) => apart.Order().ElementAt(apart.Count / 2);

    private static ModelSpec Spec => Zoo.SmallCnn(Corner.Products.Count, Size, [16, 32, 64, 128]);

    private static Catalogue Corner { get; } = Catalogue.Load(Path.Combine(Root.Folder, "datasets", "corner-shop"));

    private static DilocoPlan Plan(int steps) => new(Parts: 4, Rounds: 8, steps, Seed: 1);
}
