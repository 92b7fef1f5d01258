using System.Diagnostics;
using System.Security.Cryptography;
using Neuro.Client.Api;

namespace Neuro.Node.Benchmark;

/// <summary>Measures the line to the platform with an artifact: the same one each time, so that a platform keeps no more than one of a node.</summary>
internal static class LineBenchmark
{
    private const int Bytes = 8_000_000;

    /// <summary>Megabytes (1e6 bytes) a second.</summary>
    /// <param name="http">Authorised as the node.</param>
    /// <param name="secret">The node's key: what the bytes are made from.</param>
    public static async Task<(double Upload, double Download)> MeasureAsync(HttpClient http, byte[] secret, CancellationToken cancel)
    {
        var bytes = new byte[Bytes];
        new Random(BitConverter.ToInt32(SHA256.HashData(secret))).NextBytes(bytes);
        var address = $"v1/artifacts/{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        var watch = Stopwatch.StartNew();
        using (var sent = await http.PutAsync(address, new ByteArrayContent(bytes), cancel))
        {
            ThrowIfFailed(sent);
        }

        var upload = Speed(watch);
        watch.Restart();
        using var got = await http.GetAsync(address, HttpCompletionOption.ResponseContentRead, cancel);
        ThrowIfFailed(got);
        return (upload, Speed(watch));
    }

    private static void ThrowIfFailed(HttpResponseMessage reply)
    {
        if (!reply.IsSuccessStatusCode)
        {
            throw new NeuroException("benchmark.refused", $"The platform answered the test of the line with {(int)reply.StatusCode}. Try again later.") { Status = (int)reply.StatusCode };
        }
    }

    private static double Speed(Stopwatch watch) => Math.Round(Bytes / 1e6 / watch.Elapsed.TotalSeconds, 1);
}
