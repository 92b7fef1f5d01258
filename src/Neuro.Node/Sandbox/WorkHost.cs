using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Neuro.Client.Api;
using Neuro.Kernels;
using Neuro.Node.Benchmark;
using Neuro.Node.Work;

namespace Neuro.Node.Sandbox;

/// <summary>The process that does a node's work: reads orders from its standard input, a line each, and answers on its standard output. When its input ends, so does it, at once.</summary>
public static class WorkHost
{
    private static readonly TimeSpan Pulse = TimeSpan.FromMilliseconds(250);

    /// <summary>Works until its input ends, which ends the process.</summary>
    public static void Run() => Run([new RenderWork(), new TrainWork(), new DilocoWork()]);

    internal static void Run(IReadOnlyList<IWork> works)
    {
        // A Ctrl-C reaches every process of a terminal: what becomes of the work in hand then is the worker's to say.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Console.SetOut(Console.Error); // Nobody else's words come between the answers.
        using var tasks = new BlockingCollection<WorkTask>();
        // A thread of its own: however busy the work is, the end of the input is noticed.
        new Thread(() => Listen(tasks)) { IsBackground = true }.Start();
        foreach (var task in tasks.GetConsumingEnumerable())
        {
            task.Do(works, output);
        }
    }

    private static void Listen(BlockingCollection<WorkTask> tasks)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        WorkTask? current = null;
        while (input.ReadLine() is { } line)
        {
            if (line == WorkOrder.Cancel)
            {
                current?.Cancel();
            }
            else
            {
                tasks.Add(current = new WorkTask(WorkLine.Read<WorkOrder>(line)));
            }
        }

        using var self = Process.GetCurrentProcess();
        self.Kill(); // Nothing that the work does can keep it.
    }

    private sealed class WorkTask(WorkOrder order)
    {
        private readonly CancellationTokenSource stop = new();
        private readonly WorkProgress progress = new();
        private readonly Lock gate = new();
        private double told;
        private bool isOver;

        public void Cancel() => stop.Cancel();

        public void Do(IReadOnlyList<IWork> works, TextWriter output)
        {
            WorkAnswer answer;
            using (new Timer(_ => TellProgress(output), null, Pulse, Pulse))
            {
                answer = Answer(works);
            }

            lock (gate)
            {
                isOver = true;
                while (TellPoints(output))
                {
                }

                Tell(output, answer with { IsLast = true });
            }
        }

        private WorkAnswer Answer(IReadOnlyList<IWork> works)
        {
            try
            {
                return order.Lease is null ? new() { Capacity = CapacityBenchmark.Measure(order.Scratch, stop.Token) } : new() { Result = Work(works) };
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return new() { Code = WorkAnswer.Cancelled, Message = "It was dropped as it was told." };
            }
            catch (Exception failed)
            {
                return failed switch
                {
                    KernelsException refused => new() { Code = refused.Code, Message = refused.Message },
                    NeuroException refused => new() { Code = refused.Code, Message = refused.Message },
                    _ when failed.GetBaseException() is OutOfMemoryException => new() { Code = WorkChild.MemoryLimit, Message = $"The work ran out of memory: the runtime may hold {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes} bytes." },
                    _ => new() { Code = "node.work_failed", Message = failed.Message },
                };
            }
        }

        private WorkResult Work(IReadOnlyList<IWork> works)
        {
            var lease = order.Lease!;
            var work = works.FirstOrDefault(work => work.Kind == lease.Spec.Kind)
                ?? throw new NeuroException("node.unknown_work", $"This node does {string.Join(" and ", works.Select(work => work.Kind))}, not {lease.Spec.Kind}. Update it.");
            return work.Run(lease, order.Inputs, order.Scratch, progress, stop.Token);
        }

        private void TellProgress(TextWriter output)
        {
            lock (gate)
            {
                if (!isOver)
                {
                    TellPoints(output);
                }
            }
        }

        // Whether there may be more.
        private bool TellPoints(TextWriter output)
        {
            var (fraction, points) = progress.Take();
            if (points.Count == 0 && fraction == told)
            {
                return false;
            }

            told = fraction;
            Tell(output, new() { Fraction = fraction, Points = points });
            return points.Count > 0;
        }

        private static void Tell(TextWriter output, WorkAnswer answer) => output.WriteLine(Foreman.Mark + WorkLine.Write(answer));
    }
}
