using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Neuro.Learning.Exchange;
using Neuro.Learning.Runtime;
using Neuro.Learning.Specs;
using Neuro.Learning.Training;
using Neuro.Learning.Zoo;
using TorchSharp;
using static TorchSharp.torch;

namespace Neuro.Benchmarks;

/// <summary>The verb <c>train</c>: training steps a second, beside PyTorch's on the same net where a harness for it is at hand, and how memory grows over the steps.</summary>
internal static partial class TrainBenchmark
{
    private const int Classes = 20;
    private const int YoloOutputs = 75;
    private const int WarmUp = 3;

    private sealed record Setting(string Model = "resnet18", int Size = 64, int Batch = 32, int Threads = 2, int Steps = 20, Precision Precision = Precision.Auto);

    private sealed record Speed(double ImagesPerSecond, double CpuMilliseconds);

    public static int Run(string[] args)
    {
        if (Parse(args) is not { } setting)
        {
            Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood. "
                + "Usage: train [--model resnet18|yolo] [--size 64] [--batch 32] [--threads 2] [--steps 20] [--precision auto|float32|bfloat16]");
            return 2;
        }

        TorchRuntime.Load();
        var isBFloat16 = setting.Precision == Precision.BFloat16 || (setting.Precision == Precision.Auto && Processor.HasBFloat16);
        var (ours, first, last) = Measure(setting, isBFloat16);
        var peer = Peer(setting);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"train model={setting.Model} size={setting.Size} batch={setting.Batch} threads={setting.Threads} precision={(isBFloat16 ? "bfloat16" : "float32")} "
            + $"images_per_s={ours.ImagesPerSecond:0.0} cpu_ms_per_step={ours.CpuMilliseconds:0} "
            + $"pytorch_images_per_s={peer.ImagesPerSecond:0.0} pytorch_cpu_ms_per_step={peer.CpuMilliseconds:0} "
            + $"ratio={ours.ImagesPerSecond / peer.ImagesPerSecond:0.00} cpu_ratio={peer.CpuMilliseconds / ours.CpuMilliseconds:0.00} "
            + $"steps={setting.Steps} rss_mb_early={first:0} rss_mb_late={last:0} load={Root.Load()}"));
        return 0;
    }

    private static Setting? Parse(string[] args)
    {
        var setting = new Setting();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var number = int.TryParse(value, CultureInfo.InvariantCulture, out var whole) && whole is >= 1 and <= 100_000 ? whole : 0;
            Setting? next = (args[i], number) switch
            {
                ("--model", _) when value == "resnet18" => setting with { Model = value },
                ("--model", _) when value == "yolo" => setting with { Model = value, Size = 256, Batch = 16 },
                ("--size", >= 32) => setting with { Size = number },
                ("--batch", >= 2) => setting with { Batch = number },
                ("--threads", >= 1) => setting with { Threads = number },
                ("--steps", >= 4) => setting with { Steps = number },
                ("--precision", _) when Enum.TryParse<Precision>(value, ignoreCase: true, out var precision) => setting with { Precision = precision },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            setting = next;
        }

        return setting;
    }

    /// <summary>The median step, as <see cref="TrainingRun"/> takes one: a part of the batch on each thread, gradients gathered, one update. The same
    /// random batch each time, as at the peer.</summary>
    private static (Speed Speed, double EarlyMegabytes, double LateMegabytes) Measure(Setting setting, bool bfloat16)
    {
        var spec = setting.Model == "yolo" ? Yolo(setting.Size) : Zoo.ResNet18(Classes, setting.Size);
        using var network = new Network(spec, seed: 1);
        Network[] replicas = [network, .. Enumerable.Range(1, setting.Threads - 1).Select(_ => network.Replica())];
        using var optimiser = new AdamW(network.Trained, 0.02);
        var pixels = ModelCheck.Pixels(spec, setting.Batch);
        var sample = pixels.Length / setting.Batch;
        var (wall, cpu, early) = (new List<double>(), TimeSpan.Zero, 0.0);
        for (var step = 1; step <= setting.Steps + WarmUp; step++)
        {
            if (step == WarmUp + 1)
            {
                cpu = Process.GetCurrentProcess().TotalProcessorTime;
            }

            var began = Stopwatch.GetTimestamp();
            var others = Enumerable.Range(1, replicas.Length - 1).Select(part => Task.Run(() => Part(part))).ToArray();
            Part(0);
            Task.WaitAll(others);
            network.GatherGradients(replicas.Skip(1));
            optimiser.Step(step, 1e-3);
            wall.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            if (step == WarmUp + (setting.Steps / 10))
            {
                early = Megabytes();
            }
        }

        var spent = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / setting.Steps;
        foreach (var replica in replicas[1..])
        {
            replica.Dispose();
        }

        return (new(setting.Batch / wall.Skip(WarmUp).Order().ElementAt(setting.Steps / 2), spent), early, Megabytes());

        void Part(int part)
        {
            set_num_threads(1);
            var (from, to) = (setting.Batch * part / replicas.Length, setting.Batch * (part + 1) / replicas.Length);
            using var scope = NewDisposeScope();
            using var random = new Generator((ulong)part);
            var outputs = replicas[part].Outputs(tensor(pixels[(from * sample)..(to * sample)], [to - from, setting.Size, setting.Size, 3]), bfloat16, random);
            Loss(outputs, setting.Model == "yolo", to - from).backward();
        }
    }

    private static Tensor Loss(IReadOnlyDictionary<string, Tensor> outputs, bool boxes, int count) => boxes
        ? outputs.Values.Select(output => nn.functional.mse_loss(output, randn(output.shape))).Aggregate((a, b) => a + b)
        : nn.functional.cross_entropy(outputs[TaskOutputs.Logits], randint(Classes, count));

    /// <summary>The peer's net: five pairs of 3 × 3 convolutions, of 16 to 256 channels, down to a 32nd of the side, and 75 numbers a cell.</summary>
    private static ModelSpec Yolo(int size)
    {
        var net = new ModelBuilder();
        var x = ModelSpec.InputName;
        foreach (var width in new[] { 16, 32, 64, 128, 256 })
        {
            x = Unit($"down{width}", x, width, 2);
            x = Unit($"same{width}", x, width, 1);
        }

        const int Anchors = 3;
        net.Conv("class", x, YoloOutputs - (4 * Anchors), 1);
        net.Conv("box", x, 4 * Anchors, 1);
        const int Labels = (YoloOutputs - (4 * Anchors)) / Anchors;
        return net.Build("yolo-like", [3, size, size], Labels, ModelTask.Detect, new Dictionary<string, string> { ["class.0"] = "class", ["box.0"] = "box" });

        string Unit(string name, string input, int width, int stride) =>
            net.Add(new Silu($"{name}.silu", [net.Add(new BatchNorm($"{name}.norm", [net.Conv($"{name}.conv", input, width, 3, stride, bias: false)]))]));
    }

    /// <summary>The line of the harness for the same net, batch and size; NaN where there is none.</summary>
    private static Speed Peer(Setting setting)
    {
        var script = Path.Combine(Environment.GetEnvironmentVariable("NEURO_PEERS") ?? Path.Combine(Root.Folder, "..", "shared", "peers"), "torch_train.py");
        var name = setting.Model == "yolo" ? "YOLO-ish" : "ResNet18";
        if (File.Exists(script))
        {
            // Debian's own Python, which has Debian's PyTorch; idle threads sleep, as ours do.
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, $"{setting.Threads}"])
            {
                RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["OMP_WAIT_POLICY"] = "passive" },
            })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            foreach (Match line in PeerLine().Matches(said))
            {
                if (line.Groups["name"].Value == name && line.Groups["batch"].Value == $"{setting.Batch}" && line.Groups["size"].Value == $"{setting.Size}")
                {
                    return new(
                        double.Parse(line.Groups["speed"].Value, CultureInfo.InvariantCulture),
                        double.Parse(line.Groups["cpu"].Value, CultureInfo.InvariantCulture));
                }
            }
        }

        return new(double.NaN, double.NaN);
    }

    /// <summary>What the process holds once garbage is gone: how much of that waits is the collector's choice, up to some hundred MB.</summary>
    private static double Megabytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }

    [GeneratedRegex(@"^py (?<name>\S+) B(?<batch>\d+) (?<size>\d+)px med .* cpu (?<cpu>[\d.]+) (?<speed>[\d.]+) img/s", RegexOptions.Multiline)]
    private static partial Regex PeerLine();
}
