using System.Diagnostics;
using System.Globalization;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>dataset</c>: recipe to shards on disk with labels and audit, images a second and memory.</summary>
/// <remarks>
/// <c>full</c>: the shelf recipe as it is, 4 samples a pixel, soft shadows, all pixel maps. <c>labels</c>: the same with depth, ids and parts only. <c>default</c>: the same with one sample. <c>plain</c>: one sample, one point
/// lamp, no occlusion, gloss, wear or distortion. <c>tiny</c>: 32 × 24 pixels, to see whether the rate stays flat over many images.
/// </remarks>
internal static class DatasetBenchmark
{
    private const int Window = 1000;

    public static int Run(string[] args)
    {
        var (images, kind, threads) = (500, "full", 2);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--images" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 1_000_000:
                    images = n;
                    break;
                case "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 64:
                    threads = n;
                    break;
                case "--recipe" when value is "full" or "labels" or "default" or "plain" or "tiny":
                    kind = value;
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Usage: dataset [--images 500] [--recipe full|labels|default|plain|tiny] [--threads 2]");
                    return 2;
            }
        }

        var folder = Directory.CreateTempSubdirectory("neuro-dataset-").FullName;
        try
        {
            Measure(kind, images, threads, folder);
            return 0;
        }
        catch (KernelsException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string kind, int images, int threads, string folder)
    {
        var catalogue = Catalogue.Load(Path.Combine(Root.Folder, "datasets", "corner-shop"));
        var recipe = Recipe(kind, catalogue);
        // The first images compile the kernels and draw the catalogue's artwork.
        DatasetRenderer.RenderShard(recipe, catalogue, 2, 0, 8, Path.Combine(folder, "warm-up.tar"), null, CancellationToken.None, threads);
        File.Delete(Path.Combine(folder, "warm-up.tar"));
        var process = Process.GetCurrentProcess();
        var (cpu, allocated) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes());
        var rate = new Rates(images);
        var clock = Stopwatch.StartNew();
        DatasetRenderer.RenderFolder(recipe, catalogue, 1, images, folder, rate, CancellationToken.None, threads: threads);
        clock.Stop();
        process.Refresh();
        var bytes = Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"dataset recipe={kind} images={images} images_per_s={images / clock.Elapsed.TotalSeconds:0.0} cpu_ms_per_image={(process.TotalProcessorTime - cpu).TotalMilliseconds / images:0.0} first_{rate.Size}_per_s={rate.First:0.0} last_{rate.Size}_per_s={rate.Last:0.0} kib_per_image={bytes / 1024.0 / images:0.0} peak_rss_mib={process.PeakWorkingSet64 >> 20} allocated_kib_per_image={(GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / images:0} threads={threads}"));
    }

    private static ShelfRecipe Recipe(string kind, Catalogue catalogue)
    {
        var recipe = ShelfRecipe.Default(catalogue);
        return kind switch
        {
            "full" => recipe with { Samples = 4, Maps = Kernels.Recipes.Recipe.KnownMaps },
            "labels" => recipe with { Samples = 4 },
            "default" => recipe,
            "plain" => Plain(recipe),
            _ => recipe with { Width = 32, Height = 24 },
        };
    }

    /// <summary>Everything that costs and can be left out: soft light, mirrors, wear, the lens.</summary>
    private static ShelfRecipe Plain(ShelfRecipe recipe)
    {
        string[] none = ["light.size", "light.occlusion", "surface.gloss", "surface.film", "surface.wear", "surface.dents", "lens.distortion", "lens.vignette"];
        return none.Aggregate(recipe.With("light.count", 1), (plain, knob) => plain.With(knob, 0));
    }

    /// <summary>The rates of the first and the last images.</summary>
    private sealed class Rates(int images) : IProgress<int>
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private double first;
        private double beforeLast;

        public int Size { get; } = Math.Min(Window, Math.Max(1, images / 2));

        public double First => Size / first;

        public double Last { get; private set; }

        public void Report(int done)
        {
            var now = clock.Elapsed.TotalSeconds;
            if (done == 0)
            {
                clock.Restart();
            }
            else if (done == Size)
            {
                first = now;
            }

            if (done == images - Size)
            {
                beforeLast = now;
            }
            else if (done == images)
            {
                Last = Size / (now - beforeLast);
            }
        }
    }
}
