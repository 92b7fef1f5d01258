using Microsoft.ML.OnnxRuntime;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>How long OnnxRuntime takes for a sample, or for a few at once.</summary>
public static class Latency
{
    private const int WarmUp = 3;
    private const int LeastRuns = 15;
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(1);

    /// <summary>The median of one run's time, after a few that are not counted.</summary>
    /// <param name="spec">The model, for the shape of its input.</param>
    /// <param name="onnx">Its exported file.</param>
    /// <param name="threads">Threads of OnnxRuntime.</param>
    /// <param name="time">Measures.</param>
    /// <param name="samples">Samples in one run.</param>
    public static TimeSpan Measure(ModelSpec spec, byte[] onnx, int threads, TimeProvider? time = null, int samples = 1)
    {
        var clock = time ?? TimeProvider.System;
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(onnx, options);
        using var input = OrtValue.CreateTensorValueFromMemory(ModelCheck.Planes(spec, ModelCheck.Pixels(spec, samples)), [samples, .. spec.Input.Select(side => (long)side)]);
        using var run = new RunOptions();
        var (times, started) = (new List<TimeSpan>(), clock.GetTimestamp());
        for (var i = 0; i < WarmUp + LeastRuns || clock.GetElapsedTime(started) < LeastTime; i++)
        {
            var before = clock.GetTimestamp();
            session.Run(run, [OnnxExporter.Input], [input], [.. spec.Outputs.Keys]).Dispose();
            if (i >= WarmUp)
            {
                times.Add(clock.GetElapsedTime(before));
            }
        }

        return times.Order().ElementAt(times.Count / 2);
    }
}
