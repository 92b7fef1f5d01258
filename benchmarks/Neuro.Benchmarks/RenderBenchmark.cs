using System.Diagnostics;
using System.Globalization;
using Neuro.Kernels.Compute;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>render</c>: images a second and processor time an image at 640×480 with colour, depth, normals, ids and a shadow ray.</summary>
internal static class RenderBenchmark
{
    private const int Threads = 2;

    public static int Run(string[] args)
    {
        var (objects, images, export, backendName) = (1000, 60, (string?)null, (string?)null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--objects" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 1_000_000:
                    objects = n;
                    break;
                case "--images" when int.TryParse(value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 1_000_000:
                    images = n;
                    break;
                case "--export-scene" when value.Length > 0:
                    export = value;
                    break;
                case "--backend" when value.Length > 0:
                    backendName = value;
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Usage: render [--objects 1000] [--images 60] [--backend NAME|all] [--export-scene FILE]");
                    return 2;
            }
        }

        try
        {
            var scene = RenderScene.Build(objects, 640, 480);
            if (export is not null)
            {
                RenderScene.Export(scene, export);
            }

            // The emulation of a GPU is there to check its code: seconds a picture.
            string?[] backends = backendName == "all" ? [.. RenderBackends.All.Where(one => one.Available && one.Name != "ilgpu-cpu").Select(one => one.Name)] : [backendName];
            Array.ForEach(backends, name => Measure(scene, images, name));
            return 0;
        }
        catch (BackendException unusable)
        {
            Console.Error.WriteLine(unusable.Message);
            return 2;
        }
    }

    private static void Measure(Scene scene, int images, string? backendName)
    {
        using var backend = RenderBackends.Create(backendName);
        Images(backend, scene, Math.Min(images, 2 * Threads));
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        Images(backend, scene, images);
        clock.Stop();
        process.Refresh();
        var cpuPerImage = (process.TotalProcessorTime - cpu).TotalMilliseconds / images;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"render backend={backend.Name} objects={scene.Primitives.Length} images_per_s={images / clock.Elapsed.TotalSeconds:0.0} cpu_ms_per_image={cpuPerImage:0.0}"));
    }

    /// <summary>One image a thread at a time, each thread with its own frame.</summary>
    private static void Images(IRenderBackend backend, Scene scene, int images)
    {
        var next = 0;
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            var frame = new Frame(scene.Width, scene.Height);
            while (Interlocked.Increment(ref next) <= images)
            {
                backend.Render(scene, frame);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }
}
