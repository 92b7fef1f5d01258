using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Neuro.Node.Benchmark;

/// <summary>Measures the disk below a folder with a file as large as a shard or two.</summary>
internal static class DiskBenchmark
{
    private const int Chunk = 4 << 20;
    private const int Chunks = 32;
    private const int DontNeed = 4;

    /// <summary>Megabytes (1e6 bytes) a second, written until they are on the disk, and read back.</summary>
    /// <param name="scratch">A folder that is made, used and removed.</param>
    public static (double Write, double Read) Measure(string scratch, CancellationToken cancel)
    {
        Directory.CreateDirectory(scratch);
        try
        {
            // Random: some file systems make little of what repeats.
            var bytes = new byte[Chunk];
            new Random(1).NextBytes(bytes);
            using var file = File.OpenHandle(Path.Combine(scratch, "disk"), FileMode.Create, FileAccess.ReadWrite, options: FileOptions.DeleteOnClose);
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Chunks; i++)
            {
                cancel.ThrowIfCancellationRequested();
                RandomAccess.Write(file, bytes, (long)i * Chunk);
            }

            RandomAccess.FlushToDisk(file);
            var write = Speed(watch);
            if (OperatingSystem.IsLinux())
            {
                _ = posix_fadvise(file, 0, 0, DontNeed); // Else it would be read from memory.
            }

            watch.Restart();
            for (var i = 0; i < Chunks; i++)
            {
                RandomAccess.Read(file, bytes, (long)i * Chunk);
            }

            return (write, Speed(watch));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static double Speed(Stopwatch watch) => Math.Round((double)Chunk * Chunks / 1e6 / watch.Elapsed.TotalSeconds, 1);

    [DllImport("libc", SetLastError = true)]
    private static extern int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);
}
